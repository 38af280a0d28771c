/*
 * mosd-keeper: runs the bodies of one daemon, and ends them when it should be gone or may no longer run them.
 *
 *   daemon (JVM) ==frames over stdin/stdout== keeper --socket pair-- warden, one per slot -- body -- what it starts
 *
 * Who ends whom. The daemon ends, closes its pipe or sends no HEARTBEAT for the silence limit: the keeper kills
 * everything and exits. A lease lapses: keeper and warden each kill that body, so that it ends when either of them is
 * stopped; when both are, the kernel ends the warden soon after. The keeper ends: every warden gets SIGTERM from the
 * kernel, kills what is below it and exits. A warden ends: its body gets SIGKILL from the kernel; what that had
 * started is adopted by the keeper and killed. All end at once: the next daemon sweeps by MOSEY_FENCE.
 *
 * Clocks. A lease is a moment on CLOCK_BOOTTIME, which runs on in suspend: elsewhere time went on as well. It is sent
 * as that moment, not as what is left of it, so that a frame that waited in a stopped daemon grants nothing more.
 * Silence is measured on CLOCK_MONOTONIC, which stands still in suspend: a laptop that slept keeps the bodies that
 * need no lease, and those that do are guarded by it.
 *
 * A frame is: u32 size of the payload | u8 type | u64 body | payload. Numbers are big-endian; `text` takes the rest.
 * Body ids are the daemon's, not 0, and never used twice at the same time. Frames for a body that is not (or no
 * longer) there are ignored. Anything malformed: one line on stderr, everything is killed, exit 2.
 *
 * daemon to keeper                payload
 *   1 HELLO (first, body 0)       u32 version, u32 silence limit ms, u32 bodies at most, u32 idle wardens at most,
 *                                 u32 payload bytes at most, u32 patience with a kill ms
 *   2 HEARTBEAT (body 0)          -
 *   3 SPAWN                       u64 lease (boot-time ns, 0 none), u32 output credit, u32 control credit,
 *                                 u8 flags (1: stdin is a pipe, 2: control channel on 3 and 4), i8 nice,
 *                                 u32 limits, u32 arguments, u32 variables, limits x (u8 resource, u64 value), then each
 *                                 with a zero byte: directory, stdin file ("": /dev/null), arguments, variables
 *   4 SET_LEASE                   u64 boot-time ns, 0: none needed
 *   5 CREDIT                      u8 stream (1: stdout and stderr together, 3: control), u32 bytes more
 *   6 INPUT                       u8 stream (0: stdin, 3: control), bytes; never more unacknowledged by ROOM than 256 KiB
 *   7 INPUT_END                   u8 stream
 *   8 SIGNAL                      u8 number, u8 scope (0: process group, 1: whole tree)
 *   9 FREEZE, 10 THAW, 11 KILL    - (the whole tree)
 *  12 STATS (body 0)              -
 *  13 HAND_OVER (body 0)          u32 patience ms: the daemon replaces itself (execve keeps process and pipes). Nothing
 *                                 is sent after HANDED until the next one's HELLO, which is answered by WELCOME and HELD
 * keeper to daemon
 *  64 WELCOME (body 0)            u32 version, u32 pid of the keeper
 *  65 STARTED                     u32 pid
 *  66 OUTPUT                      u8 stream (1 stdout, 2 stderr, 3 control), bytes
 *  67 EXITED                      u32 0 exit or 1 signal, u32 value, u64 user us, u64 system us, u64 peak memory bytes;
 *                                 after all output, when nothing that the body started is left
 *  68 REFUSED                     u32 stage, u32 errno, text; instead of STARTED
 *  69 LEASE_LAPSED                -; EXITED or LOST follows
 *  70 LOST                        -; its warden died; the body and all it started are gone
 *  71 ROOM                        u8 stream, u32 bytes of input taken
 *  72 USAGE                       u64 cpu us, u64 memory bytes, u32 processes; one for each body after one or more STATS
 *  73 ALIVE (body 0)              -; the answer to HEARTBEAT: a keeper that is silent is killed by the daemon
 *  74 FROZEN                      -; the answer to FREEZE: nothing of the body runs any more
 *  75 HANDED (body 0)             -; the answer to HAND_OVER
 *  76 HELD                        -; after a second WELCOME, one for each body that is here
 */
#define _GNU_SOURCE
#include "slots.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
  HELLO_PATIENCE_MS = 10000,
  END_RETRY_MS = 5,
  END_ROUNDS_MAX = 1000,
  READS_PER_TURN = 4,
  HAND_OVER_LOOK_MS = 100,
};

struct keeper keeper;

_Noreturn void end_everything(int code) {
  for (int round = 0; round < END_ROUNDS_MAX; round++) {
    tree_kill(keeper.pid, NULL, 0);
    pid_t reaped;
    while ((reaped = waitpid(-1, NULL, WNOHANG)) > 0) continue;
    if (reaped < 0 && errno == ECHILD) break;
    usleep(END_RETRY_MS * 1000);
  }
  _exit(code);
}

void watch(int operation, int fd, uint32_t events, uint32_t what) {
  struct epoll_event event = {.events = events, .data.u32 = what};
  if (epoll_ctl(keeper.epoll, operation, fd, &event) < 0 && operation != EPOLL_CTL_DEL) {
    complain("mosd-keeper: it is started by mosd, with pipes on stdin and stdout (epoll: %s)", strerror(errno));
    end_everything(4);
  }
}

void tell(uint8_t type, uint64_t body, const void *payload, size_t size) {
  channel_send(&keeper.daemon, type, body, payload, size);
}

static void flush_daemon(void) {
  if (keeper.held) return;
  if (!channel_flush(&keeper.daemon)) end_everything(0);
  bool wants = buffer_size(&keeper.daemon.out) > 0;
  if (wants == keeper.daemon_wants_write) return;
  keeper.daemon_wants_write = wants;
  watch(EPOLL_CTL_MOD, keeper.daemon.out_fd, wants ? EPOLLOUT : 0, EVENT_DAEMON_OUT);
}

/* ---- frames from the daemon ---- */

static _Noreturn void refuse_frame(const char *what, const struct frame *frame) {
  complain("mosd-keeper: %s (frame of type %u with %zu bytes for body %llu): ending all bodies", what, frame->type,
           frame->size, (unsigned long long)frame->body);
  end_everything(2);
}

/* Room for more bodies than before; the slots that there are keep their places. */
static void make_slots(const struct frame *frame, uint32_t bodies_max) {
  if (bodies_max <= keeper.bodies_max) return;
  struct slot *slots = calloc(SLOTS_PER_BODY * (size_t)bodies_max, sizeof *slots);
  if (!slots) refuse_frame("out of memory", frame);
  if (keeper.slots) memcpy(slots, keeper.slots, keeper.slot_count * sizeof *slots);
  free(keeper.slots);
  keeper.slots = slots;
  keeper.bodies_max = bodies_max;
}

static void greet(const struct frame *frame) {
  if ((keeper.greeted && !keeper.held) || frame->type != HELLO || frame->size != 24)
    refuse_frame("expected one hello first", frame);
  uint32_t version = get_u32(frame->payload);
  keeper.silence_ms = get_u32(frame->payload + 4);
  uint32_t bodies_max = get_u32(frame->payload + 8);
  keeper.idle_max = get_u32(frame->payload + 12);
  uint32_t frame_bytes_max = get_u32(frame->payload + 16);
  if (frame_bytes_max != keeper.frame_bytes_max) slots_dismiss_idle(); /* they know the old bound */
  keeper.frame_bytes_max = frame_bytes_max;
  keeper.patience_ms = get_u32(frame->payload + 20);
  if (version != PROTOCOL_VERSION) refuse_frame("the daemon speaks another version of the protocol", frame);
  if (keeper.silence_ms == 0 || bodies_max == 0 || bodies_max > BODIES_MAX ||
      keeper.frame_bytes_max < 2 * CHUNK_BYTES || keeper.frame_bytes_max > FRAME_BYTES_MAX)
    refuse_frame("a hello with a limit out of range", frame);
  make_slots(frame, bodies_max);
  keeper.greeted = true;
  keeper.held = false;
  keeper.silence_due_ms = monotonic_ms() + keeper.silence_ms;
  uint8_t payload[8];
  put_u32(payload, PROTOCOL_VERSION);
  put_u32(payload + 4, (uint32_t)keeper.pid);
  tell(WELCOME, 0, payload, sizeof payload);
  for (uint32_t i = 0; i < keeper.slot_count; i++)
    if (keeper.slots[i].state == BUSY || keeper.slots[i].state == DEAD) tell(HELD, keeper.slots[i].body, NULL, 0);
}

/* From HANDED on nothing is written that the daemon might read and take with it. */
static void hand_over(const struct frame *frame) {
  if (frame->size != 4) refuse_frame("a malformed hand-over", frame);
  keeper.silence_ms = get_u32(frame->payload);
  keeper.silence_due_ms = monotonic_ms() + keeper.silence_ms;
  tell(HANDED, 0, NULL, 0);
  while (buffer_size(&keeper.daemon.out) > 0) {
    struct pollfd out = {.fd = keeper.daemon.out_fd, .events = POLLOUT};
    if (monotonic_ms() >= keeper.silence_due_ms || !channel_flush(&keeper.daemon)) end_everything(0);
    if (buffer_size(&keeper.daemon.out) > 0) poll(&out, 1, HAND_OVER_LOOK_MS);
  }
  flush_daemon();
  keeper.held = true;
}

static void refuse_body(uint64_t body, int stage, int error, const char *text) {
  uint8_t payload[8 + 128];
  size_t size = strnlen(text, 128);
  put_u32(payload, (uint32_t)stage);
  put_u32(payload + 4, (uint32_t)error);
  memcpy(payload + 8, text, size);
  tell(REFUSED, body, payload, 8 + size);
}

static void spawn(const struct frame *frame) {
  struct spawn request;
  if (frame->body == 0 || slot_of(frame->body)) refuse_frame("a body id that is 0 or in use", frame);
  if (!spawn_parse(frame->payload, frame->size, false, &request)) refuse_frame("a malformed spawn", frame);
  if (request.lease_boot_ns && request.lease_boot_ns <= boot_ns()) {
    refuse_body(frame->body, STAGE_LEASE, ETIME, "its lease had lapsed before it could start");
    return;
  }
  if (keeper.busy_count == keeper.bodies_max) {
    refuse_body(frame->body, STAGE_FULL, EAGAIN, "as many bodies as allowed are running");
    return;
  }
  struct slot *slot = slot_take(frame->body);
  if (!slot) {
    refuse_body(frame->body, STAGE_FORK, errno, strerror(errno));
    return;
  }
  slot_send(slot, frame);
  slot_begin_lease(slot, request.lease_boot_ns);
}

/* Once a turn, however many asked: a look through /proc takes milliseconds. */
static void report_usage(void) {
  keeper.usage_wanted = false;
  struct process *processes;
  size_t count = tree_scan(&processes);
  long tick_us = 1000000 / sysconf(_SC_CLK_TCK), page_bytes = sysconf(_SC_PAGESIZE);
  for (uint32_t i = 0; i < keeper.slot_count; i++) {
    struct slot *slot = &keeper.slots[i];
    if (slot->state != BUSY) continue;
    for (size_t p = 0; p < count; p++) processes[p].chosen = false;
    uint32_t found = (uint32_t)tree_choose(processes, count, slot->pid, NULL, 0);
    uint64_t ticks = 0, pages = 0;
    for (size_t p = 0; p < count; p++) {
      if (!processes[p].chosen) continue;
      ticks += processes[p].cpu_ticks;
      pages += processes[p].rss_pages;
    }
    uint8_t payload[20];
    put_u64(payload, ticks * (uint64_t)tick_us);
    put_u64(payload + 8, pages * (uint64_t)page_bytes);
    put_u32(payload + 16, found);
    tell(USAGE, slot->body, payload, sizeof payload);
  }
}

static bool has_right_size(const struct frame *frame) {
  switch (frame->type) {
    case SET_LEASE: return frame->size == 8;
    case CREDIT: return frame->size == 5;
    case INPUT: return frame->size >= 1;
    case INPUT_END: return frame->size == 1;
    case SIGNAL: return frame->size == 2 && frame->payload[0] >= 1 && frame->payload[0] <= 64;
    case FREEZE:
    case THAW:
    case KILL: return frame->size == 0;
    default: return false;
  }
}

static void handle(const struct frame *frame) {
  if (!keeper.greeted || frame->type == HELLO) {
    greet(frame);
    return;
  }
  switch (frame->type) {
    case HEARTBEAT:
      keeper.silence_due_ms = monotonic_ms() + keeper.silence_ms;
      tell(ALIVE, 0, NULL, 0);
      return;
    case SPAWN: spawn(frame); return;
    case STATS: keeper.usage_wanted = true; return;
    case HAND_OVER: hand_over(frame); return;
    default: break;
  }
  if (!has_right_size(frame)) refuse_frame("an unknown or malformed frame", frame);
  struct slot *slot = slot_of(frame->body);
  if (!slot || slot->state != BUSY) return; /* it has just ended */
  if (frame->type == SET_LEASE) {
    slot_set_lease(slot, frame);
  } else if (frame->type == KILL) {
    slot_kill(slot);
  } else {
    /* What a warden has not taken yet is bounded by the windows; more is a daemon that ignores them. */
    if (buffer_size(&slot->channel.out) + frame->size > 2 * INPUT_WINDOW_BYTES + keeper.frame_bytes_max)
      refuse_frame("more input than the window allows", frame);
    slot_send(slot, frame);
  }
}

static void hear_daemon(void) {
  for (int turn = 0; turn < READS_PER_TURN; turn++) {
    enum fill fill = channel_fill(&keeper.daemon);
    if (fill == FILL_END) end_everything(0);
    if (fill == FILL_NOTHING) return;
    struct frame frame;
    int got;
    while ((got = channel_next(&keeper.daemon, &frame, keeper.greeted ? keeper.frame_bytes_max : CHUNK_BYTES)) == 1) {
      handle(&frame);
      buffer_consume(&keeper.daemon.in, HEADER_BYTES + frame.size);
    }
    if (got < 0) refuse_frame("a frame larger than allowed", &frame);
  }
}

/* ---- the loop ---- */

/* Moves stdin and stdout away from 0 and 1 and fills 0 to 9, which will be dup2's targets in the bodies. */
static void take_descriptors(void) {
  keeper.daemon.in_fd = fcntl(0, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
  keeper.daemon.out_fd = fcntl(1, F_DUPFD_CLOEXEC, FIRST_FREE_FD);
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (keeper.daemon.in_fd < 0 || keeper.daemon.out_fd < 0 || null < 0) {
    complain("mosd-keeper: it is started by mosd, with a pipe on stdin and one on stdout");
    _exit(2);
  }
  for (int fd = 0; fd < FIRST_FREE_FD; fd++)
    if (fd != STDERR_FILENO && fd != null) dup3(null, fd, O_CLOEXEC);
  set_nonblocking(keeper.daemon.in_fd);
  set_nonblocking(keeper.daemon.out_fd);
}

static void prepare(void) {
  take_descriptors();
  setsid(); /* signals to the daemon's group pass it by */
  prctl(PR_SET_NAME, "mosd-keeper");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  for (int number = 1; number <= 64; number++) signal(number, SIG_DFL);
  signal(SIGPIPE, SIG_IGN);
  struct sigaction children = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};
  sigaction(SIGCHLD, &children, NULL);
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  sigaddset(&mask, SIGTERM);
  sigprocmask(SIG_SETMASK, &mask, NULL);
  keeper.pid = getpid();
  keeper.epoll = epoll_create1(EPOLL_CLOEXEC);
  keeper.signals = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
  keeper.lease_timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  watch(EPOLL_CTL_ADD, keeper.daemon.in_fd, EPOLLIN, EVENT_DAEMON_IN);
  watch(EPOLL_CTL_ADD, keeper.daemon.out_fd, 0, EVENT_DAEMON_OUT);
  watch(EPOLL_CTL_ADD, keeper.signals, EPOLLIN, EVENT_SIGNAL);
  watch(EPOLL_CTL_ADD, keeper.lease_timer, EPOLLIN, EVENT_LEASE);
  keeper.silence_ms = HELLO_PATIENCE_MS;
  keeper.silence_due_ms = monotonic_ms() + keeper.silence_ms;
}

/* Deadlines other than leases; returns the ms until the next. */
static int run_timers(void) {
  int64_t now = monotonic_ms(), next = keeper.silence_due_ms;
  if (now >= keeper.silence_due_ms) {
    complain("mosd-keeper: nothing heard from the daemon for %u ms: ending all bodies", keeper.silence_ms);
    end_everything(3);
  }
  if (keeper.orphans_due_ms && now >= keeper.orphans_due_ms) slots_kill_orphans();
  if (keeper.orphans_due_ms && keeper.orphans_due_ms < next) next = keeper.orphans_due_ms;
  for (uint32_t i = 0; i < keeper.slot_count; i++) {
    struct slot *slot = &keeper.slots[i];
    if (!slot->kill_due_ms) continue;
    if (now >= slot->kill_due_ms) {
      kill(slot->pid, SIGKILL);
      slot->kill_due_ms = now + keeper.patience_ms;
    }
    if (slot->kill_due_ms < next) next = slot->kill_due_ms;
  }
  return next > now ? (int)(next - now) : 0;
}

static void dispatch(const struct epoll_event *event) {
  uint64_t ignored[16 * sizeof(struct signalfd_siginfo) / sizeof(uint64_t)];
  uint32_t what = event->data.u32;
  if (what >= EVENT_SLOT) {
    struct slot *slot = &keeper.slots[what - EVENT_SLOT];
    if (slot->channel.in_fd < 0 || slot->state == FREE) return; /* closed by an earlier event of this turn */
    if (event->events & EPOLLOUT) slot_flush(slot);
    if (event->events & ~(uint32_t)EPOLLOUT) slot_read(slot);
    return;
  }
  switch (what) {
    case EVENT_DAEMON_IN: hear_daemon(); break;
    case EVENT_DAEMON_OUT: /* flushed at the end of every turn; an error shows there as well */
      if (event->events & (EPOLLERR | EPOLLHUP)) end_everything(0);
      break;
    case EVENT_SIGNAL: {
      ssize_t size = read(keeper.signals, ignored, sizeof ignored);
      const struct signalfd_siginfo *infos = (const struct signalfd_siginfo *)ignored;
      for (ssize_t i = 0; i < size / (ssize_t)sizeof *infos; i++)
        if (infos[i].ssi_signo == SIGTERM) end_everything(0);
      slots_reap();
      break;
    }
    default:
      if (read(keeper.lease_timer, ignored, sizeof(uint64_t)) > 0) slots_enforce_leases();
      break;
  }
}

int main(void) {
  prepare();
  while (true) {
    flush_daemon();
    int timeout = run_timers();
    flush_daemon();
    struct epoll_event events[64];
    int count = epoll_wait(keeper.epoll, events, 64, timeout);
    for (int i = 0; i < count; i++) dispatch(&events[i]);
    if (keeper.usage_wanted) report_usage();
  }
}
