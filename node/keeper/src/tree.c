/*
 * The processes below one process, found by their parents in /proc.
 *
 * A scan is a picture of something that moves: while it is taken, processes fork and end. Two facts
 * make it enough. What is stopped does not fork; so stopping what was seen and looking again comes
 * to an end even against a program that forks without pause. And whoever loses its parent is
 * adopted by the nearest subreaper above it, so nobody leaves the tree of a warden but by dying.
 * What lives for less than a scan takes is met by its parent being gone: it is a child of the root
 * then, and the list of children is read in no time.
 */
#define _GNU_SOURCE
#include "keeper.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
  /* A process in an uninterruptible call does not stop; after this many looks the rest goes on without it. */
  FREEZE_ROUNDS_MAX = 64,
  LOOKS_AT_CHILDREN = 8,
};

static struct process *scanned;
static size_t scanned_capacity;

/* Reads state, parent, cpu and memory from the text of /proc/PID/stat; the name in it may hold anything. */
static bool parse_stat(char *text, struct process *process) {
  char *rest = strrchr(text, ')');
  if (!rest) return false;
  int parent;
  unsigned long long utime, stime;
  long long cutime, cstime, rss;
  int fields = sscanf(rest + 1,
                      " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu %lld %lld %*d %*d %*d %*d %*u %*u %lld",
                      &process->state, &parent, &utime, &stime, &cutime, &cstime, &rss);
  if (fields != 7) return false;
  process->parent = parent;
  process->cpu_ticks = utime + stime + (uint64_t)cutime + (uint64_t)cstime;
  process->rss_pages = rss > 0 ? (uint64_t)rss : 0;
  process->chosen = false;
  return true;
}

static int by_pid(const void *left, const void *right) {
  pid_t a = ((const struct process *)left)->pid, b = ((const struct process *)right)->pid;
  return (a > b) - (a < b);
}

size_t tree_scan(struct process **processes) {
  size_t count = 0;
  DIR *proc = opendir("/proc");
  if (!proc) {
    *processes = scanned;
    return 0;
  }
  struct dirent *entry;
  while ((entry = readdir(proc))) {
    if (!isdigit((unsigned char)entry->d_name[0])) continue;
    char path[300], text[1024];
    snprintf(path, sizeof path, "%s/stat", entry->d_name);
    int fd = openat(dirfd(proc), path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) continue;
    ssize_t size = read(fd, text, sizeof text - 1);
    close(fd);
    if (size <= 0) continue;
    text[size] = 0;
    if (count == scanned_capacity) {
      size_t capacity = scanned_capacity ? scanned_capacity * 2 : 512;
      struct process *larger = realloc(scanned, capacity * sizeof *larger);
      if (!larger) break;
      scanned = larger;
      scanned_capacity = capacity;
    }
    scanned[count].pid = atoi(entry->d_name);
    if (parse_stat(text, &scanned[count])) count++;
  }
  closedir(proc);
  qsort(scanned, count, sizeof *scanned, by_pid);
  *processes = scanned;
  return count;
}

static bool contains(const pid_t *pids, size_t count, pid_t pid) {
  for (size_t i = 0; i < count; i++)
    if (pids[i] == pid) return true;
  return false;
}

size_t tree_choose(struct process *processes, size_t count, pid_t root, const pid_t *spared, size_t spared_count) {
  size_t chosen = 0;
  bool again = true;
  /* Usually one pass: ids grow from parent to child. Another one where they have wrapped round. */
  while (again) {
    again = false;
    for (size_t i = 0; i < count; i++) {
      struct process *process = &processes[i];
      if (process->chosen || contains(spared, spared_count, process->pid)) continue;
      struct process key = {.pid = process->parent};
      bool below = process->parent == root;
      if (!below) {
        struct process *parent = bsearch(&key, processes, count, sizeof key, by_pid);
        below = parent && parent->chosen;
      }
      if (below) {
        process->chosen = true;
        chosen++;
        again = true;
      }
    }
  }
  return chosen;
}

static bool is_dead(const struct process *process) { return process->state == 'Z' || process->state == 'X'; }

static bool is_calm(const struct process *process) {
  return is_dead(process) || process->state == 'T' || process->state == 't';
}

/* Stops the children of root. Where the kernel keeps no such list the scan has to do. */
static void stop_children(pid_t root, const pid_t *spared, size_t spared_count) {
  char path[64], text[4096];
  snprintf(path, sizeof path, "/proc/%d/task/%d/children", root, root);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  ssize_t size = read(fd, text, sizeof text - 1);
  close(fd);
  if (size <= 0) return;
  text[size] = 0;
  /* Each id is followed by a space; one that was cut off is not. */
  for (char *end, *from = text; (end = strchr(from, ' ')); from = end + 1) {
    pid_t child = atoi(from);
    if (child > 1 && !contains(spared, spared_count, child)) kill(child, SIGSTOP);
  }
}

/* Leaves the last picture in *processes. */
static size_t freeze(pid_t root, const pid_t *spared, size_t spared_count, struct process **processes) {
  size_t count = 0;
  for (int round = 0; round < FREEZE_ROUNDS_MAX; round++) {
    for (int look = 0; look < LOOKS_AT_CHILDREN; look++) stop_children(root, spared, spared_count);
    count = tree_scan(processes);
    tree_choose(*processes, count, root, spared, spared_count);
    size_t awake = 0;
    for (size_t i = 0; i < count; i++) {
      struct process *process = &(*processes)[i];
      if (!process->chosen || is_calm(process)) continue;
      kill(process->pid, SIGSTOP);
      awake++;
    }
    if (awake == 0) break;
    /* A stop takes effect when the process next leaves the kernel. */
    struct timespec pause = {.tv_nsec = 200000};
    if (round > 0) nanosleep(&pause, NULL);
  }
  return count;
}

size_t tree_freeze(pid_t root, const pid_t *spared, size_t spared_count) {
  struct process *processes;
  size_t count = freeze(root, spared, spared_count, &processes), alive = 0;
  for (size_t i = 0; i < count; i++) alive += processes[i].chosen && !is_dead(&processes[i]);
  return alive;
}

size_t tree_kill(pid_t root, const pid_t *spared, size_t spared_count) {
  struct process *processes;
  size_t count = freeze(root, spared, spared_count, &processes), alive = 0;
  for (size_t i = 0; i < count; i++) {
    if (!processes[i].chosen || is_dead(&processes[i])) continue;
    kill(processes[i].pid, SIGKILL);
    alive++;
  }
  return alive;
}

void tree_signal(pid_t root, int number) {
  struct process *processes;
  size_t count = tree_scan(&processes);
  tree_choose(processes, count, root, NULL, 0);
  for (size_t i = 0; i < count; i++)
    if (processes[i].chosen && !is_dead(&processes[i])) kill(processes[i].pid, number);
}
