/* What the files of mosd-keeper share. The protocol is described in mosd-keeper.c. */
#ifndef MOSEY_KEEPER_H
#define MOSEY_KEEPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
  PROTOCOL_VERSION = 3,
  HEADER_BYTES = 13,
  CHUNK_BYTES = 64 * 1024,          /* at most this much of a body's output in one frame */
  FRAME_BYTES_MAX = 4 * 1024 * 1024, /* ceiling of what hello may ask for */
  INPUT_WINDOW_BYTES = 256 * 1024,  /* stdin and control input a daemon may send ahead, each */
  CREDIT_BYTES_MAX = 64 * 1024 * 1024,
  FIRST_FREE_FD = 10,               /* 0..9 are held, so that dup2 onto 0..4 never meets a live one */
};

enum frame_type {
  /* daemon to keeper */
  HELLO = 1,
  HEARTBEAT = 2,
  SPAWN = 3,
  SET_LEASE = 4,
  CREDIT = 5,
  INPUT = 6,
  INPUT_END = 7,
  SIGNAL = 8,
  FREEZE = 9,
  THAW = 10,
  KILL = 11,
  STATS = 12,
  HAND_OVER = 13,
  /* keeper to daemon */
  WELCOME = 64,
  STARTED = 65,
  OUTPUT = 66,
  EXITED = 67,
  REFUSED = 68,
  LEASE_LAPSED = 69,
  LOST = 70,
  ROOM = 71,
  USAGE = 72,
  ALIVE = 73,
  FROZEN = 74,
  HANDED = 75,
  HELD = 76,
};

enum stream { STREAM_STDIN = 0, STREAM_STDOUT = 1, STREAM_STDERR = 2, STREAM_CONTROL = 3 };

enum spawn_flag { SPAWN_STDIN_PIPE = 1, SPAWN_CONTROL = 2 };

/* Where a spawn failed; numbers are part of the protocol. */
enum stage { STAGE_FULL = 1, STAGE_FORK = 2, STAGE_CWD = 3, STAGE_STDIN = 4, STAGE_LIMIT = 5, STAGE_EXEC = 6, STAGE_LEASE = 7 };

enum signal_scope { SCOPE_GROUP = 0, SCOPE_TREE = 1 };

/* frames.c: buffers, frames, numbers in network order */

struct buffer {
  uint8_t *bytes;
  size_t start, end, capacity;
};

struct channel {
  int in_fd, out_fd;
  struct buffer in, out;
};

struct frame {
  uint8_t type;
  uint64_t body;
  size_t size;
  uint8_t *payload;
};

size_t buffer_size(const struct buffer *buffer);
uint8_t *buffer_room(struct buffer *buffer, size_t size);
void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_consume(struct buffer *buffer, size_t size);
void buffer_free(struct buffer *buffer);

enum fill { FILL_SOME, FILL_NOTHING, FILL_END };
enum fill channel_fill(struct channel *channel);
/* 1: a frame; 0: none complete yet; -1: a header that promises more than size_max. */
int channel_next(struct channel *channel, struct frame *frame, size_t size_max);
void channel_send(struct channel *channel, uint8_t type, uint64_t body, const void *payload, size_t size);
/* Adds the header of a frame whose payload the caller appends to channel->out next. */
void channel_header(struct channel *channel, uint8_t type, uint64_t body, size_t size);
/* False when the other end is gone. */
bool channel_flush(struct channel *channel);

uint32_t get_u32(const uint8_t *bytes);
uint64_t get_u64(const uint8_t *bytes);
void put_u32(uint8_t *bytes, uint32_t value);
void put_u64(uint8_t *bytes, uint64_t value);

int64_t monotonic_ms(void);
uint64_t boot_ns(void);
void set_nonblocking(int fd);
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* tree.c: who descends from whom, and ending them */

struct process {
  pid_t pid, parent;
  char state;
  bool chosen;
  uint64_t cpu_ticks;
  uint64_t rss_pages;
};

/* All processes of the machine, in the order of their ids. The array is reused by the next call. */
size_t tree_scan(struct process **processes);
/* Marks the descendants of root, without those in spared and what hangs below them. */
size_t tree_choose(struct process *processes, size_t count, pid_t root, const pid_t *spared, size_t spared_count);
/* Sends SIGSTOP until a scan finds none of them awake; returns how many there are. */
size_t tree_freeze(pid_t root, const pid_t *spared, size_t spared_count);
/* Freezes, then kills; returns how many of them were not dead yet. */
size_t tree_kill(pid_t root, const pid_t *spared, size_t spared_count);
void tree_signal(pid_t root, int number);

/* body.c: one spawn request, and starting it */

struct spawn {
  uint64_t lease_boot_ns;
  uint32_t output_credit, control_credit;
  uint8_t flags;
  int nice;
  const uint8_t *limits;
  uint32_t limit_count, argument_count, variable_count;
  char *cwd, *stdin_path;
  char **arguments, **variables;
  void *memory;
};

struct failure {
  int stage, error;
};

/* Checks every bound. With fill_vectors it also sets arguments and variables (spawn_free releases them). */
bool spawn_parse(uint8_t *payload, size_t size, bool fill_vectors, struct spawn *spawn);
void spawn_free(struct spawn *spawn);
/* fds: what becomes 0 (or -1: stdin_path), 1, 2, 3 and 4 (or -1). Returns the pid, or -1 with failure set. */
pid_t body_start(const struct spawn *spawn, const int fds[5], struct failure *failure);

/* warden.c */

_Noreturn void warden_run(int fd, pid_t keeper, size_t frame_bytes_max);

#endif
