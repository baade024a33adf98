// SPDX-License-Identifier: GPL-2.0-only
#include "runner/host/loop.h"

#include <errno.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

int loop_init(struct loop *loop)
{
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	return loop->epoll < 0 ? -1 : 0;
}

void loop_close(struct loop *loop)
{
	if (loop->epoll >= 0)
		close(loop->epoll);
	loop->epoll = -1;
}

static int control(struct loop *loop, int op, struct watch *w)
{
	struct epoll_event event = {.events = EPOLLIN | (w->writing ? EPOLLOUT : 0), .data.ptr = w};

	return epoll_ctl(loop->epoll, op, w->fd, &event);
}

int loop_add(struct loop *loop, struct watch *w)
{
	return control(loop, EPOLL_CTL_ADD, w);
}

void loop_writing(struct loop *loop, struct watch *w, bool writing)
{
	if (w->fd < 0 || w->writing == writing)
		return;
	w->writing = writing;
	control(loop, EPOLL_CTL_MOD, w);
}

void loop_remove(struct loop *loop, struct watch *w)
{
	if (w->fd < 0)
		return;
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, w->fd, NULL);
	close(w->fd);
	w->fd = -1;
}

int loop_step(struct loop *loop, int64_t until)
{
	struct epoll_event event;
	int64_t wait = until - loop_now();

	if (wait < 0)
		wait = 0;
	if (wait > 60000)
		wait = 60000;
	int n = epoll_wait(loop->epoll, &event, 1, (int)wait);
	if (n < 0)
		return errno == EINTR ? 0 : -1;
	if (n) {
		struct watch *w = event.data.ptr;

		w->ready(w->arg, w);
	}
	return 0;
}

int64_t loop_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
