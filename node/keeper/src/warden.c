/*
 * A warden runs one body at a time, and is used again for the next.
 *
 *   idle --SPAWN--> running --the body's first process ends--> ending --nobody is left--> draining
 *   draining --its output is forwarded: EXITED--> idle
 *
 * It is a subreaper: whatever the body starts, and however that detaches itself, stays below it. So
 * "nobody is left" is what wait4 says (ECHILD), no guess. When the keeper dies it gets SIGTERM, ends
 * everything below it and then itself.
 *
 * It guards the lease of its body as the keeper does, because a keeper can be stopped. So can a warden; then the
 * kernel ends it a little later, and with it the body.
 */
#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  AUTOGROUP_DELAY_MS = 15,  /* a shorter body is not worth the call */
  AUTOGROUP_RETRY_MS = 150, /* the kernel lets a user do it ten times a second in all */
  KILL_RETRY_MS = 5,
  KILL_RETRY_MS_MAX = 1000,
  LAST_RESORT_MS = 100, /* after the lease; a home waits longer than that (its margin) */
};

struct output {
  int fd;
  uint8_t stream;
};

struct input {
  int fd;
  uint8_t stream;
  bool open, ending; /* open: the body asked for it; ending: close once all is written */
  struct buffer bytes;
};

static struct channel keeper;
static size_t frame_bytes_max;
static int signals = -1;

static uint64_t body; /* 0: idle */
static pid_t first_pid;
static bool first_ended, childless, killing;
static bool some_ended; /* since the last attempt to kill */
static int first_status;
static struct rusage usage;
static struct output outputs[3]; /* stdout, stderr, control */
static struct input inputs[2];   /* stdin, control */
static uint32_t credits[2];      /* stdout with stderr, control */
static int nice_value;
static int64_t autogroup_due, kill_due; /* on the monotonic clock, in ms; 0: not due */
static int kill_delay_ms;
static int lease_timer = -1;
static timer_t last_resort;
static bool has_last_resort;

static uint32_t *credit_of(const struct output *output) { return &credits[output->stream == STREAM_CONTROL]; }

static void close_fd(int *fd) {
  if (*fd >= 0) close(*fd);
  *fd = -1;
}

static _Noreturn void leave(int code) {
  /* The retries are for forks and orphans that a scan missed; what can't be killed is the keeper's. */
  for (int round = 0; round < 200; round++) {
    pid_t reaped;
    while ((reaped = waitpid(-1, NULL, WNOHANG)) > 0) continue;
    if (reaped < 0 && errno == ECHILD) break;
    tree_kill(getpid(), NULL, 0);
    poll(NULL, 0, KILL_RETRY_MS);
  }
  _exit(code);
}

static void flush(void) {
  if (!channel_flush(&keeper)) leave(1);
}

/* ---- the end of a body ---- */

static void add_usage(const struct rusage *of_one) {
  timeradd(&usage.ru_utime, &of_one->ru_utime, &usage.ru_utime);
  timeradd(&usage.ru_stime, &of_one->ru_stime, &usage.ru_stime);
  if (of_one->ru_maxrss > usage.ru_maxrss) usage.ru_maxrss = of_one->ru_maxrss;
}

static void start_killing(void) {
  tree_kill(getpid(), NULL, 0);
  /* Patient only with what does not die (an uninterruptible call); what still forks is met again at once. */
  if (!killing || some_ended) kill_delay_ms = KILL_RETRY_MS;
  killing = true;
  some_ended = false;
  kill_due = monotonic_ms() + kill_delay_ms;
  kill_delay_ms = kill_delay_ms * 2 > KILL_RETRY_MS_MAX ? KILL_RETRY_MS_MAX : kill_delay_ms * 2;
}

/* ---- its lease ---- */

static struct itimerspec moment(uint64_t ns) {
  return (struct itimerspec){.it_value = {(time_t)(ns / 1000000000u), (long)(ns % 1000000000u)}};
}

/* 0: it needs none. */
static void set_lease(uint64_t boot_moment_ns) {
  static bool armed;
  if (!armed && !boot_moment_ns) return;
  armed = boot_moment_ns;
  struct itimerspec lapse = moment(boot_moment_ns);
  timerfd_settime(lease_timer, TFD_TIMER_ABSTIME, &lapse, NULL);
  if (!has_last_resort) return;
  struct itimerspec end = moment(boot_moment_ns ? boot_moment_ns + LAST_RESORT_MS * 1000000u : 0);
  timer_settime(last_resort, TIMER_ABSTIME, &end, NULL);
}

static void lease_lapsed(void) {
  uint64_t times;
  if (read(lease_timer, &times, sizeof times) != sizeof times || !body) return;
  set_lease(0); /* it is awake: the last resort would cut off the killing */
  channel_send(&keeper, LEASE_LAPSED, body, NULL, 0);
  start_killing();
}

static void reap(void) {
  while (true) {
    int status;
    struct rusage of_one;
    pid_t pid = wait4(-1, &status, WNOHANG, &of_one);
    if (pid == 0) break;
    if (pid < 0) {
      childless = errno == ECHILD;
      break;
    }
    add_usage(&of_one);
    some_ended = true;
    if (pid != first_pid) continue;
    first_ended = true;
    first_status = status;
  }
  if (first_ended && !childless && !killing) start_killing();
}

static uint64_t microseconds(struct timeval time) { return (uint64_t)time.tv_sec * 1000000u + (uint64_t)time.tv_usec; }

static void report_exit(void) {
  uint8_t report[32];
  bool signalled = WIFSIGNALED(first_status);
  put_u32(report, signalled ? 1 : 0);
  put_u32(report + 4, (uint32_t)(signalled ? WTERMSIG(first_status) : WEXITSTATUS(first_status)));
  put_u64(report + 8, microseconds(usage.ru_utime));
  put_u64(report + 16, microseconds(usage.ru_stime));
  put_u64(report + 24, (uint64_t)usage.ru_maxrss * 1024);
  channel_send(&keeper, EXITED, body, report, sizeof report);
}

static void forget_body(void) {
  for (size_t i = 0; i < 3; i++) close_fd(&outputs[i].fd);
  for (size_t i = 0; i < 2; i++) {
    close_fd(&inputs[i].fd);
    inputs[i].open = false;
    buffer_free(&inputs[i].bytes);
  }
  body = 0;
  first_pid = 0;
  autogroup_due = kill_due = 0;
  set_lease(0);
}

/* ---- bytes from and to the body ---- */

/* False when there was nothing to read (then the pipe may have been closed). */
static bool forward_output(struct output *output) {
  uint32_t *credit = credit_of(output);
  size_t size = *credit < CHUNK_BYTES ? *credit : CHUNK_BYTES;
  /* Straight into the frame: header and stream first, taken back if nothing comes. */
  struct buffer *out = &keeper.out;
  size_t before = buffer_size(out);
  channel_header(&keeper, OUTPUT, body, 1 + size);
  buffer_append(out, &output->stream, 1);
  ssize_t got = read(output->fd, buffer_room(out, size), size);
  if (got > 0) {
    out->end += (size_t)got;
    put_u32(out->bytes + out->start + before, (uint32_t)(1 + got));
    *credit -= (uint32_t)got;
    return true;
  }
  out->end = out->start + before;
  if (got == 0 || (errno != EAGAIN && errno != EINTR)) close_fd(&output->fd);
  return false;
}

static void grant_room(const struct input *input, size_t size) {
  uint8_t payload[5];
  payload[0] = input->stream;
  put_u32(payload + 1, (uint32_t)size);
  channel_send(&keeper, ROOM, body, payload, sizeof payload);
}

static void feed(struct input *input) {
  size_t held = buffer_size(&input->bytes);
  if (input->fd >= 0 && held > 0) {
    ssize_t put = write(input->fd, input->bytes.bytes + input->bytes.start, held);
    if (put > 0) {
      buffer_consume(&input->bytes, (size_t)put);
      grant_room(input, (size_t)put);
    } else if (put < 0 && errno != EAGAIN && errno != EINTR) {
      close_fd(&input->fd); /* the body has closed its end */
    }
  }
  held = buffer_size(&input->bytes);
  if (input->fd < 0 && held > 0) {
    /* Nobody will read it; the sender must not wait for room for ever. */
    grant_room(input, held);
    buffer_consume(&input->bytes, held);
  }
  if (input->ending && buffer_size(&input->bytes) == 0) close_fd(&input->fd);
}

/*
 * Once nobody is left, what the pipes still hold is all there will ever be. It waits for credit; a
 * pipe that an outsider was handed is not waited for.
 */
static void drain_and_report(void) {
  for (size_t i = 0; i < 3; i++) {
    struct output *output = &outputs[i];
    while (output->fd >= 0) {
      int waiting = 0;
      if (*credit_of(output) > 0) {
        if (!forward_output(output)) close_fd(&output->fd);
      } else if (ioctl(output->fd, FIONREAD, &waiting) == 0 && waiting > 0) {
        return;
      } else {
        close_fd(&output->fd);
      }
    }
  }
  report_exit();
  forget_body();
}

/* ---- starting a body ---- */

static void refuse(uint64_t refused, const struct failure *failure) {
  uint8_t payload[8 + 128];
  const char *text = strerror(failure->error);
  size_t size = strnlen(text, 128);
  put_u32(payload, (uint32_t)failure->stage);
  put_u32(payload + 4, (uint32_t)failure->error);
  memcpy(payload + 8, text, size);
  channel_send(&keeper, REFUSED, refused, payload, 8 + size);
}

/* One pipe: the end for the body goes to *theirs, ours is non-blocking. */
static bool open_pipe(int *ours, int *theirs, bool body_reads) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return false;
  *ours = ends[body_reads ? 1 : 0];
  *theirs = ends[body_reads ? 0 : 1];
  set_nonblocking(*ours);
  return true;
}

static bool open_pipes(const struct spawn *spawn, int theirs[5]) {
  bool opened = open_pipe(&outputs[0].fd, &theirs[1], false) && open_pipe(&outputs[1].fd, &theirs[2], false);
  if (opened && spawn->flags & SPAWN_STDIN_PIPE) opened = open_pipe(&inputs[0].fd, &theirs[0], true);
  if (opened && spawn->flags & SPAWN_CONTROL)
    opened = open_pipe(&inputs[1].fd, &theirs[3], true) && open_pipe(&outputs[2].fd, &theirs[4], false);
  return opened;
}

static void start(const struct frame *frame) {
  struct spawn spawn;
  if (!spawn_parse(frame->payload, frame->size, true, &spawn)) leave(2);
  body = frame->body;
  first_ended = childless = killing = false;
  usage = (struct rusage){0};
  credits[0] = spawn.output_credit;
  credits[1] = spawn.control_credit;
  nice_value = spawn.nice;
  set_lease(spawn.lease_boot_ns);
  inputs[0] = (struct input){.fd = -1, .stream = STREAM_STDIN, .open = spawn.flags & SPAWN_STDIN_PIPE};
  inputs[1] = (struct input){.fd = -1, .stream = STREAM_CONTROL, .open = spawn.flags & SPAWN_CONTROL};

  int theirs[5] = {-1, -1, -1, -1, -1};
  struct failure failure = {0};
  pid_t pid = -1;
  if (open_pipes(&spawn, theirs))
    pid = body_start(&spawn, theirs, &failure);
  else
    failure = (struct failure){STAGE_FORK, errno};
  for (size_t i = 0; i < 5; i++) close_fd(&theirs[i]);
  spawn_free(&spawn);
  if (failure.stage) {
    if (pid > 0) waitpid(pid, NULL, 0);
    refuse(body, &failure);
    forget_body();
    return;
  }
  first_pid = pid;
  if (nice_value > 0) autogroup_due = monotonic_ms() + AUTOGROUP_DELAY_MS;
  uint8_t payload[4];
  put_u32(payload, (uint32_t)pid);
  channel_send(&keeper, STARTED, body, payload, sizeof payload);
}

/*
 * setsid gave the body a scheduling group of its own, within which alone nice counts: against the
 * daemon only the value of the group does.
 */
static void lower_autogroup(void) {
  char path[64], value[16];
  snprintf(path, sizeof path, "/proc/%d/autogroup", first_pid);
  int size = snprintf(value, sizeof value, "%d", nice_value);
  autogroup_due = 0;
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  if (write(fd, value, (size_t)size) < 0 && errno == EAGAIN) autogroup_due = monotonic_ms() + AUTOGROUP_RETRY_MS;
  close(fd);
}

/* ---- frames from the keeper, which has checked their sizes ---- */

static struct input *input_of(uint8_t stream) {
  struct input *input = &inputs[stream == STREAM_CONTROL];
  return input->open ? input : NULL;
}

static void accept_input(const struct frame *frame) {
  struct input *input = input_of(frame->payload[0]);
  if (!input || input->ending) return;
  if (buffer_size(&input->bytes) + frame->size - 1 > INPUT_WINDOW_BYTES) {
    complain("mosd-keeper: body %llu was sent more input than its window", (unsigned long long)body);
    leave(2);
  }
  buffer_append(&input->bytes, frame->payload + 1, frame->size - 1);
  feed(input);
}

static void add_credit(const struct frame *frame) {
  uint32_t *credit = &credits[frame->payload[0] == STREAM_CONTROL];
  uint32_t more = get_u32(frame->payload + 1);
  *credit = more > CREDIT_BYTES_MAX - *credit ? CREDIT_BYTES_MAX : *credit + more;
}

static void send_signal(const struct frame *frame) {
  int number = frame->payload[0];
  if (frame->payload[1] == SCOPE_TREE)
    tree_signal(getpid(), number);
  else if (!first_ended)
    kill(-first_pid, number);
}

static void handle(const struct frame *frame) {
  if (frame->type == SPAWN) {
    start(frame);
    return;
  }
  if (frame->body != body || body == 0) return; /* meant for one that has just ended */
  switch (frame->type) {
    case CREDIT: add_credit(frame); break;
    case INPUT: accept_input(frame); break;
    case INPUT_END: {
      struct input *input = input_of(frame->payload[0]);
      if (input) {
        input->ending = true;
        feed(input);
      }
      break;
    }
    case SIGNAL: send_signal(frame); break;
    case FREEZE:
      tree_freeze(getpid(), NULL, 0);
      channel_send(&keeper, FROZEN, body, NULL, 0);
      break;
    case THAW: tree_signal(getpid(), SIGCONT); break;
    case KILL: start_killing(); break;
    case SET_LEASE: set_lease(get_u64(frame->payload)); break;
    default: leave(2);
  }
}

static void hear_keeper(void) {
  enum fill fill = channel_fill(&keeper);
  if (fill == FILL_END) leave(0);
  if (fill == FILL_NOTHING) return;
  struct frame frame;
  int got;
  while ((got = channel_next(&keeper, &frame, frame_bytes_max)) == 1) {
    handle(&frame);
    buffer_consume(&keeper.in, HEADER_BYTES + frame.size);
  }
  if (got < 0) leave(2);
}

static void hear_signals(void) {
  struct signalfd_siginfo infos[4];
  ssize_t size = read(signals, infos, sizeof infos);
  for (ssize_t i = 0; i < size / (ssize_t)sizeof *infos; i++)
    if (infos[i].ssi_signo == SIGTERM) leave(0);
  if (body) reap();
}

/* ---- the loop ---- */

static void prepare(int fd, pid_t keeper_pid) {
  prctl(PR_SET_NAME, "mosd-warden");
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  if (getppid() != keeper_pid) _exit(0);
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGCHLD);
  sigaddset(&mask, SIGTERM);
  sigprocmask(SIG_SETMASK, &mask, NULL);
  signals = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
  lease_timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
  if (signals < 0 || lease_timer < 0) _exit(4);
  /* Needs nobody to run; without it only a warden that is stopped together with its keeper outlives a lease. */
  struct sigevent kill_itself = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
  has_last_resort = timer_create(CLOCK_BOOTTIME, &kill_itself, &last_resort) == 0;
  keeper = (struct channel){.in_fd = fd, .out_fd = fd};
  outputs[0] = (struct output){-1, STREAM_STDOUT};
  outputs[1] = (struct output){-1, STREAM_STDERR};
  outputs[2] = (struct output){-1, STREAM_CONTROL};
  inputs[0].fd = inputs[1].fd = -1;
}

static int timeout_ms(void) {
  int64_t due = autogroup_due;
  if (kill_due && (!due || kill_due < due)) due = kill_due;
  if (!due) return -1;
  int64_t left = due - monotonic_ms();
  return left < 0 ? 0 : (int)left;
}

static void run_timers(void) {
  if (!autogroup_due && !kill_due) return;
  int64_t now = monotonic_ms();
  if (autogroup_due && now >= autogroup_due) lower_autogroup();
  if (kill_due && now >= kill_due) start_killing();
}

_Noreturn void warden_run(int fd, pid_t keeper_pid, size_t size_max) {
  frame_bytes_max = size_max;
  prepare(fd, keeper_pid);
  while (true) {
    /* Watched only while something can be done: a descriptor of -1 is skipped. */
    struct pollfd polled[8] = {{.fd = fd, .events = (short)(POLLIN | (buffer_size(&keeper.out) ? POLLOUT : 0))},
                               {.fd = signals, .events = POLLIN}};
    for (size_t i = 0; i < 3; i++)
      polled[2 + i] = (struct pollfd){.fd = *credit_of(&outputs[i]) ? outputs[i].fd : -1, .events = POLLIN};
    for (size_t i = 0; i < 2; i++)
      polled[5 + i] = (struct pollfd){.fd = buffer_size(&inputs[i].bytes) ? inputs[i].fd : -1, .events = POLLOUT};
    polled[7] = (struct pollfd){.fd = lease_timer, .events = POLLIN};
    if (poll(polled, 8, timeout_ms()) < 0 && errno != EINTR) leave(4);

    for (size_t i = 0; i < 3; i++)
      if (polled[2 + i].revents && outputs[i].fd >= 0) forward_output(&outputs[i]);
    for (size_t i = 0; i < 2; i++)
      if (polled[5 + i].revents) feed(&inputs[i]);
    if (polled[0].revents & (POLLIN | POLLHUP | POLLERR)) hear_keeper();
    if (polled[1].revents) hear_signals();
    if (polled[7].revents) lease_lapsed();
    run_timers();
    if (body && first_ended && childless) drain_and_report();
    flush();
  }
}
