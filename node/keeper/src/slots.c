/* The wardens as the keeper sees them: forking, hearing, burying them, and the leases of what they run. */
#define _GNU_SOURCE
#include "slots.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ORPHAN_RETRY_MS = 5 };

void slot_flush(struct slot *slot) {
  channel_flush(&slot->channel); /* a failure shows as its end, with what it still said */
  bool wants = buffer_size(&slot->channel.out) > 0;
  if (wants == slot->wants_write) return;
  slot->wants_write = wants;
  watch(EPOLL_CTL_MOD, slot->channel.in_fd, EPOLLIN | (wants ? EPOLLOUT : 0),
        EVENT_SLOT + (uint32_t)(slot - keeper.slots));
}

/* ---- wardens ---- */

struct slot *slot_of(uint64_t body) {
  for (uint32_t i = 0; i < keeper.slot_count; i++)
    if (keeper.slots[i].body == body && keeper.slots[i].state != FREE) return &keeper.slots[i];
  return NULL;
}

static struct slot *slot_with(enum slot_state state) {
  for (uint32_t i = 0; i < keeper.slot_count; i++)
    if (keeper.slots[i].state == state) return &keeper.slots[i];
  return NULL;
}

/* The new process keeps its socket and what stands in for 0 to 9, nothing of the keeper's. */
static _Noreturn void be_warden(int fd) {
  if (fd != FIRST_FREE_FD) {
    dup3(fd, FIRST_FREE_FD, O_CLOEXEC);
    fd = FIRST_FREE_FD;
  }
  if (syscall(SYS_close_range, fd + 1, ~0u, 0) < 0) {
    int last = (int)sysconf(_SC_OPEN_MAX);
    for (int other = fd + 1; other < last; other++) close(other);
  }
  warden_run(fd, keeper.pid, keeper.frame_bytes_max);
}

static struct slot *fork_warden(void) {
  struct slot *slot = slot_with(FREE);
  if (!slot) slot = &keeper.slots[keeper.slot_count];
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair) < 0) return NULL;
  pid_t pid = fork();
  if (pid == 0) be_warden(pair[1]);
  int error = errno;
  close(pair[1]);
  if (pid < 0) {
    close(pair[0]);
    errno = error;
    return NULL;
  }
  if (slot == &keeper.slots[keeper.slot_count]) keeper.slot_count++;
  *slot = (struct slot){.state = IDLE, .pid = pid, .channel = {.in_fd = pair[0], .out_fd = pair[0]}};
  keeper.idle_count++;
  watch(EPOLL_CTL_ADD, pair[0], EPOLLIN, EVENT_SLOT + (uint32_t)(slot - keeper.slots));
  return slot;
}

static void close_slot(struct slot *slot) {
  close(slot->channel.in_fd); /* leaves epoll by itself */
  buffer_free(&slot->channel.in);
  buffer_free(&slot->channel.out);
  slot->channel.in_fd = slot->channel.out_fd = -1;
}

static void retire(struct slot *slot) {
  keeper.idle_count--;
  slot->state = RETIRING; /* it ends at the end of its socket */
  close_slot(slot);
}

static void become_idle(struct slot *slot) {
  slot->state = IDLE;
  slot->body = 0;
  slot->lease_boot_ns = 0;
  slot->kill_due_ms = 0;
  slot->lapsed = false;
  keeper.busy_count--;
  if (++keeper.idle_count > keeper.idle_max) retire(slot);
}

void slot_kill(struct slot *slot) {
  channel_send(&slot->channel, KILL, slot->body, NULL, 0);
  kill(slot->pid, SIGCONT);
  if (!slot->kill_due_ms) slot->kill_due_ms = monotonic_ms() + keeper.patience_ms;
  slot_flush(slot);
}

struct slot *slot_take(uint64_t body) {
  struct slot *slot = slot_with(IDLE);
  if (!slot && keeper.slot_count == SLOTS_PER_BODY * keeper.bodies_max && !slot_with(FREE)) {
    errno = EAGAIN;
    return NULL;
  }
  if (!slot) slot = fork_warden();
  if (!slot) return NULL;
  slot->state = BUSY;
  slot->body = body;
  keeper.idle_count--;
  keeper.busy_count++;
  return slot;
}

void slot_send(struct slot *slot, const struct frame *frame) {
  channel_send(&slot->channel, frame->type, frame->body, frame->payload, frame->size);
  slot_flush(slot);
}

static void lapse(struct slot *slot) {
  slot->lapsed = true;
  tell(LEASE_LAPSED, slot->body, NULL, 0);
  slot_kill(slot);
}

/* Passes on what a warden says, and learns from it when the body has ended. */
static void hear_warden(struct slot *slot) {
  struct frame frame;
  int got;
  while ((got = channel_next(&slot->channel, &frame, CHUNK_BYTES + 1)) == 1) {
    if (frame.type != LEASE_LAPSED)
      channel_send(&keeper.daemon, frame.type, frame.body, frame.payload, frame.size);
    else if (!slot->lapsed)
      lapse(slot); /* the warden was sooner */
    bool ended = frame.type == EXITED || frame.type == REFUSED;
    buffer_consume(&slot->channel.in, HEADER_BYTES + frame.size);
    if (ended && slot->state == BUSY) become_idle(slot);
    if (slot->state == RETIRING) return;
  }
  if (got < 0) kill(slot->pid, SIGKILL);
}

void slot_read(struct slot *slot) {
  enum fill fill = channel_fill(&slot->channel);
  if (fill == FILL_SOME) hear_warden(slot);
  /* Its death is dealt with when it is reaped; until then there is nothing more to hear. */
  if (fill == FILL_END && slot->state != RETIRING) {
    kill(slot->pid, SIGKILL);
    epoll_ctl(keeper.epoll, EPOLL_CTL_DEL, slot->channel.in_fd, NULL);
  }
}

static void bury(struct slot *slot) {
  if (slot->state == RETIRING) {
    slot->state = FREE;
    slot->body = 0;
    return;
  }
  while (slot->state != RETIRING && channel_fill(&slot->channel) == FILL_SOME) hear_warden(slot);
  if (slot->state == RETIRING) {
    slot->state = FREE;
    return;
  }
  close_slot(slot);
  if (slot->state == IDLE) {
    keeper.idle_count--;
    slot->state = FREE;
    return;
  }
  /* The kernel has killed the body; what that had started is ours now. */
  slot->state = DEAD;
  slot->kill_due_ms = 0;
  keeper.orphans_due_ms = monotonic_ms();
}

void slots_dismiss_idle(void) {
  for (uint32_t i = 0; i < keeper.slot_count; i++)
    if (keeper.slots[i].state == IDLE) retire(&keeper.slots[i]);
}

static struct slot *slot_with_warden(pid_t pid) {
  for (uint32_t i = 0; i < keeper.slot_count; i++) {
    struct slot *slot = &keeper.slots[i];
    if (slot->state != FREE && slot->state != DEAD && slot->pid == pid) return slot;
  }
  return NULL;
}

void slots_reap(void) {
  pid_t pid;
  while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
    struct slot *slot = slot_with_warden(pid);
    if (slot)
      bury(slot);
    else
      keeper.orphans_reaped++;
  }
}

void slots_kill_orphans(void) {
  static pid_t spared[SLOTS_PER_BODY * BODIES_MAX];
  size_t count = 0;
  for (uint32_t i = 0; i < keeper.slot_count; i++)
    if (keeper.slots[i].state != FREE && keeper.slots[i].state != DEAD) spared[count++] = keeper.slots[i].pid;
  size_t alive = tree_kill(keeper.pid, spared, count);
  slots_reap();
  /*
   * A look may miss what lives for less than the look takes. But whatever it was, it ends as a child
   * of ours: so nobody is left only if no orphan has ended since the last look either.
   */
  bool calm = alive == 0 && keeper.orphans_reaped == keeper.orphans_counted;
  keeper.orphans_counted = keeper.orphans_reaped;
  keeper.orphans_due_ms = calm ? 0 : monotonic_ms() + ORPHAN_RETRY_MS;
  if (!calm) return;
  struct slot *slot;
  while ((slot = slot_with(DEAD))) {
    /* Only now: who hears "lost" may start it again elsewhere. */
    tell(LOST, slot->body, NULL, 0);
    *slot = (struct slot){.state = FREE};
    keeper.busy_count--;
  }
}

/* ---- leases ---- */

void slots_enforce_leases(void) {
  uint64_t now = boot_ns(), next = 0;
  for (uint32_t i = 0; i < keeper.slot_count; i++) {
    struct slot *slot = &keeper.slots[i];
    if (slot->state != BUSY || !slot->lease_boot_ns || slot->lapsed) continue;
    if (slot->lease_boot_ns <= now)
      lapse(slot);
    else if (!next || slot->lease_boot_ns < next)
      next = slot->lease_boot_ns;
  }
  keeper.lease_armed_ns = next;
  struct itimerspec timer = {.it_value = {(time_t)(next / 1000000000u), (long)(next % 1000000000u)}};
  timerfd_settime(keeper.lease_timer, TFD_TIMER_ABSTIME, &timer, NULL);
}

void slot_begin_lease(struct slot *slot, uint64_t lease_boot_ns) {
  slot->lease_boot_ns = lease_boot_ns;
  /* A timer that is too early does no harm: it sets the right one. */
  if (lease_boot_ns && (!keeper.lease_armed_ns || lease_boot_ns < keeper.lease_armed_ns)) slots_enforce_leases();
}

void slot_set_lease(struct slot *slot, const struct frame *frame) {
  if (slot->lapsed) return;
  if (slot->lease_boot_ns && slot->lease_boot_ns <= boot_ns()) {
    lapse(slot); /* too late: its home may have counted on the lapse already */
    return;
  }
  slot_begin_lease(slot, get_u64(frame->payload));
  slot_send(slot, frame);
}
