// SPDX-License-Identifier: GPL-2.0-only
/* Deadlines given to io_uring. io_uring_enter(2) IORING_OP_TIMEOUT */
/* Goes on from timers.c. */
#include <linux/io_uring.h>
#include <sys/mman.h>

#include "helpers/nscheck.h"
#include "helpers/timens.h"

#define GROUP   "time.timers"
#define ENTRIES 4

struct ring {
	int fd;
	unsigned int *tail, *mask, *array;
	struct io_uring_sqe *sqes;
	unsigned int *done_head, *done_mask;
	struct io_uring_cqe *cqes;
};

/* io_uring_setup(2) and the memory shared with the kernel, which goes with the process. */
static void ring_make(struct ring *r)
{
	struct io_uring_params p = {0};

	r->fd = (int)MUST(syscall(SYS_io_uring_setup, ENTRIES, &p));
	size_t size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	char *rings = MUST(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, r->fd, IORING_OFF_SQ_RING));
	r->sqes = MUST(mmap(NULL, p.sq_entries * sizeof(*r->sqes), PROT_READ | PROT_WRITE, MAP_SHARED, r->fd,
			    IORING_OFF_SQES));
	r->tail = (unsigned int *)(rings + p.sq_off.tail);
	r->mask = (unsigned int *)(rings + p.sq_off.ring_mask);
	r->array = (unsigned int *)(rings + p.sq_off.array);
	r->done_head = (unsigned int *)(rings + p.cq_off.head);
	r->done_mask = (unsigned int *)(rings + p.cq_off.ring_mask);
	r->cqes = (struct io_uring_cqe *)(rings + p.cq_off.cqes);
}

/* Submits a timeout; it completes as `id`. */
static void ring_timeout(struct ring *r, unsigned long long id, struct __kernel_timespec *t,
			 unsigned int flags)
{
	unsigned int at = *r->tail & *r->mask;

	r->sqes[at] = (struct io_uring_sqe){
		.opcode = IORING_OP_TIMEOUT,
		.addr = (uintptr_t)t,
		.len = 1,
		.timeout_flags = flags,
		.user_data = id,
	};
	r->array[at] = at;
	__atomic_store_n(r->tail, *r->tail + 1, __ATOMIC_RELEASE);
	IS(syscall(SYS_io_uring_enter, r->fd, 1, 0, 0, NULL, 0), 1);
}

CASE(io_uring_absolute_timeout_uses_namespace_time)
{
	enum { PAST = 1, SOON };

	MUST(timens_unshare(100000, 100000));
	CHILD(inside, 0) {
		struct ring ring;
		ring_make(&ring);
		struct __kernel_timespec past = {.tv_sec = clock_seconds(CLOCK_MONOTONIC) - 50000};
		struct __kernel_timespec soon = {.tv_nsec = 200000000};
		ring_timeout(&ring, PAST, &past, IORING_TIMEOUT_ABS);
		ring_timeout(&ring, SOON, &soon, 0);

		AWAIT(ring.fd);
		struct io_uring_cqe first = ring.cqes[*ring.done_head & *ring.done_mask];
		IS(first.res, -ETIME);
		IS(first.user_data, PAST);
	}
	EXITS(inside, 0);
}
