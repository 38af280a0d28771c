/* The state of the keeper, shared by mosd-keeper.c (the daemon's side) and slots.c (the wardens' side). */
#ifndef MOSEY_SLOTS_H
#define MOSEY_SLOTS_H

#include "keeper.h"

enum {
  BODIES_MAX = 4096,
  SLOTS_PER_BODY = 2, /* a warden that retires keeps its place until it is reaped */
  /* epoll data below this are the keeper's own descriptors, above it the index of a slot */
  EVENT_DAEMON_IN = 0,
  EVENT_DAEMON_OUT,
  EVENT_SIGNAL,
  EVENT_LEASE,
  EVENT_SLOT,
};

enum slot_state { FREE, IDLE, BUSY, RETIRING, DEAD };

/* A warden and the body it runs. */
struct slot {
  enum slot_state state;
  pid_t pid;
  struct channel channel;
  bool wants_write;
  uint64_t body;
  uint64_t lease_boot_ns; /* 0: needs none */
  int64_t kill_due_ms;    /* when the patience with a kill ends; 0: none under way */
  bool lapsed;
};

struct keeper {
  struct channel daemon;
  int epoll, signals, lease_timer;
  pid_t pid;
  bool greeted, held, daemon_wants_write, usage_wanted; /* held: between two daemons */
  uint32_t silence_ms, bodies_max, idle_max, frame_bytes_max, patience_ms;
  int64_t silence_due_ms, orphans_due_ms; /* on the monotonic clock; orphans: 0 when none are known */
  uint64_t lease_armed_ns;
  uint64_t orphans_reaped, orphans_counted; /* ever; and as of the last look for them */
  struct slot *slots; /* SLOTS_PER_BODY for each of bodies_max */
  uint32_t slot_count, busy_count, idle_count;
};

extern struct keeper keeper;

/* Kills all that is below the keeper and exits. */
_Noreturn void end_everything(int code);
void watch(int operation, int fd, uint32_t events, uint32_t what);
void tell(uint8_t type, uint64_t body, const void *payload, size_t size);

struct slot *slot_of(uint64_t body);
/* A warden for one more body: an idle one or a new one. NULL with errno set when there can be none. */
struct slot *slot_take(uint64_t body);
void slot_send(struct slot *slot, const struct frame *frame);
void slot_flush(struct slot *slot);
/* Kills the body by its warden, and by the keeper should the warden not manage in time. */
void slot_kill(struct slot *slot);
/* Reads what a warden says and passes it on. */
void slot_read(struct slot *slot);
/* Of a body that is just being started: its warden has it with the order to. */
void slot_begin_lease(struct slot *slot, uint64_t lease_boot_ns);
/* Tells the warden too. */
void slot_set_lease(struct slot *slot, const struct frame *frame);
/* Ends what may no longer run, and sets the timer for the next one. */
void slots_enforce_leases(void);
void slots_reap(void);
/* Ends the wardens that run nothing. */
void slots_dismiss_idle(void);
/* Whoever is a child of the keeper and no warden belongs to a body without one. */
void slots_kill_orphans(void);

#endif
