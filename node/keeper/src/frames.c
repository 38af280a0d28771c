/* Growing buffers, frames over non-blocking descriptors, and small helpers. */
#define _GNU_SOURCE
#include "keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER_KEPT_BYTES = 256 * 1024 };

size_t buffer_size(const struct buffer *buffer) { return buffer->end - buffer->start; }

uint8_t *buffer_room(struct buffer *buffer, size_t size) {
  if (buffer->capacity - buffer->end < size) {
    size_t held = buffer_size(buffer);
    if (buffer->start > 0) {
      memmove(buffer->bytes, buffer->bytes + buffer->start, held);
      buffer->start = 0;
      buffer->end = held;
    }
    if (buffer->capacity - held < size) {
      size_t capacity = buffer->capacity ? buffer->capacity : 4096;
      while (capacity - held < size) capacity *= 2;
      buffer->bytes = realloc(buffer->bytes, capacity);
      if (!buffer->bytes) {
        complain("out of memory for a buffer of %zu bytes", capacity);
        /* In the keeper and in a warden alike, dying is what ends the bodies. */
        _exit(4);
      }
      buffer->capacity = capacity;
    }
  }
  return buffer->bytes + buffer->end;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t size) {
  if (size == 0) return;
  memcpy(buffer_room(buffer, size), bytes, size);
  buffer->end += size;
}

void buffer_consume(struct buffer *buffer, size_t size) {
  buffer->start += size;
  if (buffer->start == buffer->end) {
    buffer->start = buffer->end = 0;
    if (buffer->capacity > BUFFER_KEPT_BYTES) buffer_free(buffer);
  }
}

void buffer_free(struct buffer *buffer) {
  free(buffer->bytes);
  *buffer = (struct buffer){0};
}

enum fill channel_fill(struct channel *channel) {
  uint8_t *room = buffer_room(&channel->in, CHUNK_BYTES);
  ssize_t got = read(channel->in_fd, room, CHUNK_BYTES);
  if (got > 0) {
    channel->in.end += (size_t)got;
    return FILL_SOME;
  }
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return FILL_NOTHING;
  return FILL_END;
}

int channel_next(struct channel *channel, struct frame *frame, size_t size_max) {
  size_t held = buffer_size(&channel->in);
  if (held < HEADER_BYTES) return 0;
  uint8_t *head = channel->in.bytes + channel->in.start;
  frame->size = get_u32(head);
  frame->type = head[4];
  frame->body = get_u64(head + 5);
  if (frame->size > size_max) return -1;
  if (held < HEADER_BYTES + frame->size) return 0;
  frame->payload = head + HEADER_BYTES;
  return 1;
}

void channel_header(struct channel *channel, uint8_t type, uint64_t body, size_t size) {
  uint8_t *head = buffer_room(&channel->out, HEADER_BYTES + size);
  put_u32(head, (uint32_t)size);
  head[4] = type;
  put_u64(head + 5, body);
  channel->out.end += HEADER_BYTES;
}

void channel_send(struct channel *channel, uint8_t type, uint64_t body, const void *payload, size_t size) {
  channel_header(channel, type, body, size);
  buffer_append(&channel->out, payload, size);
}

bool channel_flush(struct channel *channel) {
  while (buffer_size(&channel->out) > 0) {
    ssize_t put = write(channel->out_fd, channel->out.bytes + channel->out.start, buffer_size(&channel->out));
    if (put < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN;
    }
    buffer_consume(&channel->out, (size_t)put);
  }
  return true;
}

uint32_t get_u32(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

uint64_t get_u64(const uint8_t *bytes) { return (uint64_t)get_u32(bytes) << 32 | get_u32(bytes + 4); }

void put_u32(uint8_t *bytes, uint32_t value) {
  bytes[0] = (uint8_t)(value >> 24);
  bytes[1] = (uint8_t)(value >> 16);
  bytes[2] = (uint8_t)(value >> 8);
  bytes[3] = (uint8_t)value;
}

void put_u64(uint8_t *bytes, uint64_t value) {
  put_u32(bytes, (uint32_t)(value >> 32));
  put_u32(bytes + 4, (uint32_t)value);
}

int64_t monotonic_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint64_t boot_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_BOOTTIME, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

void set_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

void complain(const char *format, ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  int size = vsnprintf(line, sizeof line - 1, format, arguments);
  va_end(arguments);
  if (size < 0) return;
  if ((size_t)size > sizeof line - 2) size = sizeof line - 2;
  line[size] = '\n';
  /* One write, so that lines of several wardens never mix. */
  if (write(STDERR_FILENO, line, (size_t)size + 1) < 0) return;
}
