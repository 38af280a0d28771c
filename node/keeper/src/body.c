/* One spawn request: its layout is in mosd-keeper.c; starting it is one vfork. */
#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { FIXED_BYTES = 30, LIMIT_BYTES = 9, LIMITS_MAX = 16, SPARE_ARGUMENTS = 1 };

static char *next_string(char **cursor, char *end) {
  char *string = *cursor;
  char *zero = string < end ? memchr(string, 0, (size_t)(end - string)) : NULL;
  if (!zero) return NULL;
  *cursor = zero + 1;
  return string;
}

bool spawn_parse(uint8_t *payload, size_t size, bool fill_vectors, struct spawn *spawn) {
  if (size < FIXED_BYTES) return false;
  *spawn = (struct spawn){
      .lease_boot_ns = get_u64(payload),
      .output_credit = get_u32(payload + 8),
      .control_credit = get_u32(payload + 12),
      .flags = payload[16],
      .nice = (int8_t)payload[17],
      .limit_count = get_u32(payload + 18),
      .argument_count = get_u32(payload + 22),
      .variable_count = get_u32(payload + 26),
      .limits = payload + FIXED_BYTES,
  };
  if (spawn->limit_count > LIMITS_MAX || spawn->argument_count == 0) return false;
  if (spawn->output_credit > CREDIT_BYTES_MAX || spawn->control_credit > CREDIT_BYTES_MAX) return false;
  /* Every string has at least its zero byte, so the counts can't promise more than the payload holds. */
  size_t limit_bytes = (size_t)spawn->limit_count * LIMIT_BYTES;
  if (size - FIXED_BYTES < limit_bytes) return false;
  size_t text_bytes = size - FIXED_BYTES - limit_bytes;
  if (2 + (uint64_t)spawn->argument_count + spawn->variable_count > text_bytes) return false;

  char *cursor = (char *)payload + FIXED_BYTES + limit_bytes, *end = (char *)payload + size;
  spawn->cwd = next_string(&cursor, end);
  spawn->stdin_path = next_string(&cursor, end);
  if (!spawn->cwd || !spawn->stdin_path) return false;
  if (fill_vectors) {
    size_t pointers = SPARE_ARGUMENTS + (size_t)spawn->argument_count + 1 + spawn->variable_count + 1;
    char **vectors = calloc(pointers, sizeof *vectors);
    if (!vectors) return false;
    spawn->memory = vectors;
    spawn->arguments = vectors + SPARE_ARGUMENTS;
    spawn->variables = spawn->arguments + spawn->argument_count + 1;
  }
  for (uint32_t i = 0; i < spawn->argument_count + spawn->variable_count; i++) {
    char *string = next_string(&cursor, end);
    if (!string) {
      spawn_free(spawn);
      return false;
    }
    if (!fill_vectors) continue;
    if (i < spawn->argument_count)
      spawn->arguments[i] = string;
    else
      spawn->variables[i - spawn->argument_count] = string;
  }
  if (cursor == end) return true;
  spawn_free(spawn);
  return false;
}

void spawn_free(struct spawn *spawn) {
  free(spawn->memory);
  spawn->memory = NULL;
}

static const char *search_path(const struct spawn *spawn) {
  for (char **variable = spawn->variables; *variable; variable++)
    if (strncmp(*variable, "PATH=", 5) == 0) return *variable + 5;
  return "/usr/local/bin:/usr/bin:/bin";
}

/* Returns only if it failed. A text without "#!" is given to the shell, as execvp(3) does. */
static void execute_file(const struct spawn *spawn, const char *path) {
  execve(path, spawn->arguments, spawn->variables);
  if (errno != ENOEXEC) return;
  char **arguments = spawn->arguments - SPARE_ARGUMENTS;
  arguments[0] = (char *)"/bin/sh";
  arguments[1] = (char *)path;
  execve("/bin/sh", arguments, spawn->variables);
}

/* Looks in the PATH of the body, not in the keeper's; returns the errno that tells most. */
static int execute(const struct spawn *spawn) {
  const char *name = spawn->arguments[0];
  if (strchr(name, '/') || !*name) {
    execute_file(spawn, name);
    return errno;
  }
  int error = ENOENT;
  const char *element = search_path(spawn);
  while (true) {
    size_t size = strcspn(element, ":");
    char path[PATH_MAX];
    int needed = size ? snprintf(path, sizeof path, "%.*s/%s", (int)size, element, name)
                      : snprintf(path, sizeof path, "%s", name);
    if (needed < (int)sizeof path) {
      execute_file(spawn, path);
      if (errno == EACCES)
        error = EACCES; /* a later element may have one that can be executed */
      else if (errno != ENOENT && errno != ENOTDIR)
        return errno;
    }
    if (!element[size]) return error;
    element += size + 1;
  }
}

static int fail_with(int stage, int error, volatile struct failure *failure) {
  failure->stage = stage;
  failure->error = error;
  return -1;
}

static int apply_limits(const struct spawn *spawn, volatile struct failure *failure) {
  for (uint32_t i = 0; i < spawn->limit_count; i++) {
    const uint8_t *limit = spawn->limits + (size_t)i * LIMIT_BYTES;
    struct rlimit value = {.rlim_cur = get_u64(limit + 1), .rlim_max = get_u64(limit + 1)};
    if (setrlimit(limit[0], &value) < 0) return fail_with(STAGE_LIMIT, errno, failure);
  }
  return 0;
}

/*
 * Runs in the memory of the warden, which waits: what is written to failure is seen there, and
 * nothing else may be changed.
 */
static int become_body(const struct spawn *spawn, const int fds[5], pid_t warden, volatile struct failure *failure) {
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != warden) return fail_with(STAGE_FORK, ESRCH, failure);
  if (spawn->nice) setpriority(PRIO_PROCESS, 0, spawn->nice);
  if (*spawn->cwd && chdir(spawn->cwd) < 0) return fail_with(STAGE_CWD, errno, failure);
  int input = fds[0];
  if (input < 0) {
    /* Non-blocking only while opening, so that a FIFO without a writer can't hold the warden. */
    input = open(*spawn->stdin_path ? spawn->stdin_path : "/dev/null", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (input < 0) return fail_with(STAGE_STDIN, errno, failure);
    fcntl(input, F_SETFL, 0);
  }
  dup2(input, 0);
  for (int fd = 1; fd < 5; fd++)
    if (fds[fd] >= 0) dup2(fds[fd], fd);
  if (apply_limits(spawn, failure) < 0) return -1;
  signal(SIGPIPE, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  return fail_with(STAGE_EXEC, execute(spawn), failure);
}

__attribute__((noinline)) pid_t body_start(const struct spawn *spawn, const int fds[5], struct failure *failure) {
  volatile struct failure seen = {0};
  pid_t warden = getpid();
  pid_t pid = vfork();
  if (pid == 0) {
    become_body(spawn, fds, warden, &seen);
    _exit(127);
  }
  if (pid < 0) {
    *failure = (struct failure){STAGE_FORK, errno};
    return -1;
  }
  *failure = (struct failure){seen.stage, seen.error};
  return pid;
}
