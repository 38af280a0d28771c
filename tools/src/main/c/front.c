/*
 * The front of the tools: forwards a command to the user's tool server, a JVM that is already
 * running, and shows what it answers. Anything unusual, and there is no server, or it is another's,
 * or it says no: then the Java launcher runs the command as it would without this program.
 *
 * Installed as bin/TOOL; the launchers are libexec/TOOL and libexec/tool-server beside it.
 *
 * Request: length (32 bits, big-endian) and strings, each with its length before it: "MOSEY1", the
 * tool, where this process lives (namespaces and root), directory, terminal ("101 80": which of stdin,
 * stdout, stderr are terminals, and the width), number of arguments, arguments, number of variables,
 * variables. Answer: frames of a type, a length and bytes. 'a': obeyed from here on, so that falling
 * back would do it twice; 'o', 'e': output; 'r': wants standard input, answered by a length and bytes,
 * 0 at its end; 'x': exit status; 'f': fall back.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_MOST = 1 << 20, FRAME_MOST = 1 << 20, WARM_SECONDS = 60 };

extern char **environ;

static const char *const forwarded[] = {"mosq",        "mosps",       "mosctl", "migrate", "mosmigrate",
                                        "bestnode",    "mosbestnode", "tune",   "mostune", NULL};

static char home[PATH_MAX];
static const char *name;
static char **arguments;

/* Runs the command without a server. */
static _Noreturn void fall_back(void) {
  char launcher[PATH_MAX + NAME_MAX + 16];
  snprintf(launcher, sizeof launcher, "%s/libexec/%s", home, name);
  arguments[0] = launcher;
  execv(launcher, arguments);
  fprintf(stderr, "%s: can't run %s: %s\n", name, launcher, strerror(errno));
  exit(126);
}

static int is_forwarded(int count, char **words) {
  int known = 0;
  for (int i = 0; forwarded[i]; i++) known |= strcmp(name, forwarded[i]) == 0;
  if (!known || getenv("MOSEY_NO_SERVER")) return 0;
  /* Files that a tool writes belong to the caller's umask, which the server does not have. */
  for (int i = 1; i < count; i++)
    if (strncmp(words[i], "--to", 4) == 0) return 0;
  return 1;
}

/* The folder of the socket, which must be the user's own and nobody else's. */
static int folder(char *path, size_t size) {
  const char *runtime = getenv("XDG_RUNTIME_DIR"), *config = getenv("XDG_CONFIG_HOME"),
             *user_home = getenv("HOME");
  int length;
  if (runtime && *runtime == '/') {
    length = snprintf(path, size, "%s/mosey", runtime);
  } else if (config && *config == '/') {
    length = snprintf(path, size, "%s/mosey", config);
  } else if (user_home && *user_home == '/') {
    length = snprintf(path, size, "%s/.config/mosey", user_home);
  } else {
    return 0;
  }
  if (length < 0 || (size_t)length >= size) return 0;
  if (runtime && *runtime == '/') mkdir(path, 0700);
  struct stat at;
  return stat(path, &at) == 0 && S_ISDIR(at.st_mode) && at.st_uid == geteuid() &&
         (at.st_mode & 022) == 0;
}

static uint64_t mix(uint64_t hash, const void *bytes, size_t count) {
  const unsigned char *b = bytes;
  for (size_t i = 0; i < count; i++) hash = (hash ^ b[i]) * 1099511628211u;
  return hash;
}

/* Another installation, or a newer one at the same place, has another server. */
static int socket_path(char *path, size_t size) {
  char base[PATH_MAX], lib[PATH_MAX + 8];
  struct stat at;
  if (!folder(base, sizeof base)) return 0;
  snprintf(lib, sizeof lib, "%s/lib", home);
  if (stat(lib, &at) != 0) return 0;
  uint64_t hash = mix(1469598103934665603u, home, strlen(home));
  hash = mix(hash, &at.st_mtim, sizeof at.st_mtim);
  int length = snprintf(path, size, "%s/tools-%016llx.sock", base, (unsigned long long)hash);
  return length > 0 && (size_t)length < size;
}

/* Starts a server for later commands, if this is not the first one for a while. */
static void start_server(const char *path) {
  char lock[PATH_MAX], program[PATH_MAX + 32];
  struct stat at;
  snprintf(lock, sizeof lock, "%s.lock", path);
  int warm = stat(lock, &at) == 0 && time(NULL) - at.st_mtime < WARM_SECONDS;
  /* Inherited by the server, which so holds the lock for as long as it lives. */
  int held = open(lock, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
  if (held < 0) return;
  futimens(held, NULL);
  if (!warm || flock(held, LOCK_EX | LOCK_NB) != 0) {
    close(held);
    return;
  }
  pid_t child = fork();
  if (child == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    int nowhere = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++) dup2(nowhere, i);
    if (nowhere > 2) close(nowhere);
    snprintf(program, sizeof program, "%s/libexec/tool-server", home);
    if (chdir("/") == 0) execl(program, program, path, (char *)NULL);
    _exit(1);
  }
  close(held);
}

static int all_written(int to, const void *bytes, size_t count) {
  const char *at = bytes;
  while (count > 0) {
    ssize_t n = write(to, at, count);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return 0;
    at += n;
    count -= (size_t)n;
  }
  return 1;
}

static int all_read(int from, void *bytes, size_t count) {
  char *at = bytes;
  while (count > 0) {
    ssize_t n = read(from, at, count);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return 0;
    at += n;
    count -= (size_t)n;
  }
  return 1;
}

static char request[REQUEST_MOST];
static size_t used = 4;

static void number(uint32_t value) {
  if (used + 4 > sizeof request) fall_back();
  for (int shift = 24; shift >= 0; shift -= 8) request[used++] = (char)(value >> shift);
}

static void string(const char *text) {
  size_t length = strlen(text);
  if (length > sizeof request) fall_back();
  number((uint32_t)length);
  if (used + length > sizeof request) fall_back();
  memcpy(request + used, text, length);
  used += length;
}

/* Which file system and network this process sees: a server that sees others must not stand in. */
static void lives_at(char *text, size_t size) {
  static const char *const spaces[] = {"mnt", "net", "user", "pid"};
  size_t at = 0;
  struct stat root;
  for (int i = 0; i < 4; i++) {
    char link[32], target[64];
    snprintf(link, sizeof link, "/proc/self/ns/%s", spaces[i]);
    ssize_t n = readlink(link, target, sizeof target - 1);
    if (n < 0) fall_back();
    target[n] = 0;
    at += (size_t)snprintf(text + at, size - at, "%s ", target);
  }
  if (stat("/proc/self/root/", &root) != 0) fall_back();
  snprintf(text + at, size - at, "%llu", (unsigned long long)root.st_ino);
}

static void build_request(int count, char **words) {
  char directory[PATH_MAX], place[256], terminal[32];
  struct winsize window = {0};
  if (!getcwd(directory, sizeof directory) || directory[0] != '/') fall_back();
  lives_at(place, sizeof place);
  if (isatty(1)) ioctl(1, TIOCGWINSZ, &window);
  snprintf(terminal, sizeof terminal, "%d%d%d %d", isatty(0), isatty(1), isatty(2), window.ws_col);
  string("MOSEY1");
  string(name);
  string(place);
  string(directory);
  string(terminal);
  number((uint32_t)(count - 1));
  for (int i = 1; i < count; i++) string(words[i]);
  uint32_t variables = 0;
  while (environ[variables]) variables++;
  number(variables);
  for (uint32_t i = 0; i < variables; i++) string(environ[i]);
  size_t end = used;
  used = 0;
  number((uint32_t)(end - 4));
  used = end;
}

static int send_input(int server) {
  char part[1 << 16];
  ssize_t n;
  do n = read(0, part, sizeof part);
  while (n < 0 && errno == EINTR);
  if (n < 0) n = 0;
  unsigned char length[4] = {(unsigned char)(n >> 24), (unsigned char)(n >> 16),
                             (unsigned char)(n >> 8), (unsigned char)n};
  return all_written(server, length, 4) && all_written(server, part, (size_t)n);
}

static _Noreturn void converse(int server) {
  static char bytes[FRAME_MOST];
  int obeyed = 0;
  for (;;) {
    unsigned char head[5];
    if (!all_read(server, head, sizeof head)) break;
    uint32_t length = (uint32_t)head[1] << 24 | (uint32_t)head[2] << 16 | (uint32_t)head[3] << 8 | head[4];
    if (length > sizeof bytes || !all_read(server, bytes, length)) break;
    switch (head[0]) {
      case 'a': obeyed = 1; break;
      case 'o':
        if (!all_written(1, bytes, length)) exit(1);
        break;
      case 'e':
        if (!all_written(2, bytes, length)) exit(1);
        break;
      case 'r':
        if (!send_input(server)) goto broken;
        break;
      case 'x': exit(length == 1 ? (unsigned char)bytes[0] : 1);
      default: goto broken;
    }
  }
broken:
  if (!obeyed) {
    close(server);
    fall_back();
  }
  fprintf(stderr, "%s: the tool server ended: whether it was done is not known\n", name);
  fprintf(stderr, "hint: look before you repeat it; MOSEY_NO_SERVER=1 does without the server\n");
  exit(1);
}

int main(int count, char **words) {
  char path[PATH_MAX];
  const char *slash = strrchr(words[0], '/');
  name = slash ? slash + 1 : words[0];
  arguments = words;
  ssize_t n = readlink("/proc/self/exe", home, sizeof home - 1);
  if (n <= 0) {
    fprintf(stderr, "%s: /proc is not mounted\n", name);
    return 126;
  }
  home[n] = 0;
  for (int i = 0; i < 2; i++) {
    char *end = strrchr(home, '/');
    if (end) *end = 0;
  }
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (!is_forwarded(count, words) || !socket_path(path, sizeof path) ||
      strlen(path) >= sizeof address.sun_path)
    fall_back();
  strcpy(address.sun_path, path);
  struct ucred peer;
  socklen_t size = sizeof peer;
  int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (server < 0) fall_back();
  if (connect(server, (struct sockaddr *)&address, sizeof address) != 0) {
    close(server);
    start_server(path);
    fall_back();
  }
  if (getsockopt(server, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.uid != geteuid())
    fall_back();
  build_request(count, words);
  /* A server that closes early must not end this program before it can fall back. */
  if (send(server, request, used, MSG_NOSIGNAL) != (ssize_t)used) fall_back();
  converse(server);
}
