// SPDX-License-Identifier: GPL-2.0-only
/* Lists of namespaces. listns(2) */
#include <sys/mman.h>

#include "helpers/nscheck.h"

#define GROUP "api.listns"

struct list {
	long count;
	uint64_t ids[1024];
};

/* What the caller may see, in rising order. */
static const struct list *list(int types, uint64_t owner)
{
	static struct list l;

	l.count = ns_list(types, owner, 0, l.ids, ARRAY_SIZE(l.ids));
	OK(l.count);
	HOLDS(l.count < (long)ARRAY_SIZE(l.ids));
	for (long i = 1; i < l.count; i++)
		HOLDS(l.ids[i - 1] < l.ids[i]);
	return &l;
}

static bool has(const struct list *l, long long id)
{
	for (long i = 0; i < l->count; i++)
		if (l->ids[i] == (uint64_t)id)
			return true;
	return false;
}

static long long unique_id(pid_t pid, const char *name)
{
	int ns = MUST(ns_open(pid, name));
	long long id = OK(ns_unique_id(ns));

	close(ns);
	return id;
}

CASE(lists_all_active_namespaces)
{
	const struct list *l = list(0, 0);

	FOR_EACH_NS_HERE(t) {
		NOTE("%s", t->name);
		HOLDS(has(l, unique_id(0, t->name)));
	}
	NOTE_END();
	CHILD(box, NS_UTS | NS_NET) {
		HEAR(box);
	}
	long long uts = unique_id(box->pid, "uts"), net = unique_id(box->pid, "net");
	IS_NOT(uts, unique_id(0, "uts"));
	l = list(NS_UTS, 0);
	HOLDS(has(l, uts));
	HOLDS(!has(l, net));
	l = list(NS_UTS | NS_NET, 0);
	HOLDS(has(l, uts));
	HOLDS(has(l, net));
	HOLDS(!has(l, unique_id(0, "pid")));
	DISMISS(box);
}

/* Turns the pages of a list, one id each, to its end, and counts those that are in `ours`. */
static int pages_with(int types, const struct list *ours)
{
	uint64_t last = 0, id;
	int met = 0;
	long got;

	while ((got = ns_list(types, 0, last, &id, 1)) == 1) {
		HOLDS(id > last);
		last = id;
		met += has(ours, (long long)id);
	}
	if (got < 0)
		GAVE(ENOENT);
	else
		HOLDS(types & (types - 1)); /* of several types: those that follow are of none of them */
	return met;
}

CASE(pagination)
{
	struct list ours = {0};

	list(0, 0);
	CHILD(box, ns_all()) {
		HEAR(box);
	}
	FOR_EACH_NS_HERE(t) {
		IS_NOT(unique_id(box->pid, t->name), unique_id(0, t->name));
		ours.ids[ours.count++] = (uint64_t)unique_id(0, t->name);
		ours.ids[ours.count++] = (uint64_t)unique_id(box->pid, t->name);
	}
	NOTE("all types");
	IS(pages_with(0, &ours), ours.count);
	NOTE("two types");
	IS(pages_with(NS_UTS | NS_NET, &ours), 4);
	NOTE("one type");
	IS(pages_with(NS_UTS, &ours), 2);
	DISMISS(box);
}

CASE(filter_by_owner)
{
	CHILD(root, NS_USER | NS_UTS | NS_NET, .map = CONTAINER_MAP) {
		HEAR(root);
	}
	const struct list *l = list(0, NS_OWNER_HERE);
	HOLDS(has(l, unique_id(0, "uts")));
	HOLDS(has(l, unique_id(0, "net")));
	HOLDS(has(l, unique_id(root->pid, "user")));
	HOLDS(!has(l, unique_id(root->pid, "uts")));
	l = list(0, (uint64_t)unique_id(root->pid, "user"));
	IS(l->count, 2);
	HOLDS(has(l, unique_id(root->pid, "uts")));
	HOLDS(has(l, unique_id(root->pid, "net")));
	FAILS(EINVAL, ns_list(0, UINT64_MAX - 1, 0, &(uint64_t){0}, 1));
	DISMISS(root);
}

static void sees_only_its_own(void)
{
	const struct list *l = list(0, 0);
	int own = 0;

	FOR_EACH_NS_HERE(t) {
		NOTE("%s", t->name);
		HOLDS(has(l, unique_id(0, t->name)));
		own++;
	}
	NOTE_END();
	IS(l->count, own);
}

CASE(visibility)
{
	list(0, 0);
	CHILD(beside, NS_UTS) {
		HEAR(beside);
	}
	HOLDS(has(list(0, 0), unique_id(beside->pid, "uts"))); /* control */
	CHILD(user, 0, .uid = UNPRIVILEGED) {
		sees_only_its_own();
	}
	EXITS(user, 0);
	CHILD(root, NS_USER | NS_UTS, .map = CONTAINER_MAP) {
		CHILD(owned, NS_UTS) {
			HEAR(owned);
		}
		sees_only_its_own();
		DISMISS(owned);
	}
	EXITS(root, 0);
	CHILD(powerless, 0) {
		MUST(cap_drop(CAP_SYS_ADMIN));
		sees_only_its_own();
	}
	EXITS(powerless, 0);
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		sees_only_its_own();
	}
	EXITS(init, 0);
	DISMISS(beside);
}

/* listns(2) with a request of this form into a buffer of `count` ids. */
static long ask(struct listns_request request, uint64_t *ids, size_t count, unsigned int flags)
{
	struct {
		struct listns_request request;
		char rest[8192];
	} large = {.request = request};

	return syscall(SYS_listns, &large, ids, count, flags);
}

CASE(errors, .unsabotaged = "requests that are wrong for any namespace")
{
	const struct listns_request plain = {.size = sizeof(plain)};
	struct listns_request wrong = plain;
	uint64_t ids[512];
	void *unmapped = MUST(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));

	list(0, 0);
	OK(ask(plain, ids, ARRAY_SIZE(ids), 0)); /* control */
	FAILS(EINVAL, ask(plain, ids, ARRAY_SIZE(ids), 1));
	FAILS(EOVERFLOW, ask(plain, ids, 2000000, 0));
	FAILS(EFAULT, ask(plain, NULL, ARRAY_SIZE(ids), 0));
	FAILS(EFAULT, ask(plain, unmapped, ARRAY_SIZE(ids), 0));
	FAILS(EFAULT, syscall(SYS_listns, NULL, ids, ARRAY_SIZE(ids), 0));
	wrong.spare = 1;
	FAILS(EINVAL, ask(wrong, ids, ARRAY_SIZE(ids), 0));
	wrong = (struct listns_request){.size = 16};
	FAILS(EINVAL, ask(wrong, ids, ARRAY_SIZE(ids), 0));
	wrong.size = 8192;
	FAILS(E2BIG, ask(wrong, ids, ARRAY_SIZE(ids), 0));
	wrong = (struct listns_request){.size = sizeof(wrong), .type = CLONE_VM};
	FAILS(EOPNOTSUPP, ask(wrong, ids, ARRAY_SIZE(ids), 0));
	wrong = (struct listns_request){.size = sizeof(wrong), .after_id = UINT64_MAX - 1};
	FAILS(ENOENT, ask(wrong, ids, ARRAY_SIZE(ids), 0));
}

#define BOXES 8

CASE(fault_in_the_middle_leaks_nothing)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *pages = MUST(mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	uint64_t *four_left = (uint64_t *)(pages + page) - 4;
	struct child *boxes[BOXES];
	long long ids[BOXES];

	list(0, 0);
	MUST(munmap(pages + page, page));
	for (int i = 0; i < BOXES; i++) {
		CHILD(box, NS_UTS) {
			HEAR(box);
		}
		boxes[i] = box;
		ids[i] = unique_id(box->pid, "uts");
		HOLDS(has(list(NS_UTS, 0), ids[i]));
	}
	FAILS(EFAULT, ns_list(NS_UTS, 0, (uint64_t)ids[0] - 1, four_left, BOXES));
	IS(four_left[3], ids[3]); /* as far as there is room */
	for (int i = 0; i < BOXES; i++)
		DISMISS(boxes[i]);
	for (int i = 0; i < BOXES; i++)
		while (has(list(NS_UTS, 0), ids[i]))
			sched_yield(); /* the time limit ends it */
}
