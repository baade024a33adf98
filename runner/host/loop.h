/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_LOOP_H
#define RUNNER_HOST_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* The event loop: epoll over descriptors, each with a function to call. */
struct watch {
	int fd; /* -1: not watched */
	void (*ready)(void *arg, struct watch *watch);
	void *arg;
	bool writing; /* also waits until it can be written */
};

struct loop {
	int epoll;
};

int loop_init(struct loop *loop);
void loop_close(struct loop *loop);

/* Starts to watch w->fd for input (and output when w->writing). w stays the caller's. */
int loop_add(struct loop *loop, struct watch *w);

/* Tells whether output is waited for as well. */
void loop_writing(struct loop *loop, struct watch *w, bool writing);

/* Stops watching and closes the descriptor. */
void loop_remove(struct loop *loop, struct watch *w);

/*
 * Waits until something is ready or `until` (milliseconds of loop_now) has come, and calls what is ready.
 * One event is handled per call, so a handler may remove and free any watch.
 */
int loop_step(struct loop *loop, int64_t until);

/* Milliseconds of CLOCK_MONOTONIC. */
int64_t loop_now(void);

#endif
