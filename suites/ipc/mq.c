// SPDX-License-Identifier: GPL-2.0-only
/* POSIX message queues belong to their IPC namespace. ipc_namespaces(7), mq_overview(7) */
#include <mqueue.h>
#include <sys/resource.h>

#include "helpers/nscheck.h"

#define GROUP     "ipc.mq"
#define GROUP_OWN NS_IPC

static const struct mq_attr small = {.mq_maxmsg = 4, .mq_msgsize = 32};

static int queue_make(const char *name)
{
	return mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 0600, &small);
}

/* The next message; NULL with errno. */
static const char *next(int queue)
{
	static char text[32];

	return mq_receive(queue, text, sizeof(text), NULL) < 0 ? NULL : text;
}

CASE(names_are_separate_and_descriptors_survive)
{
	int queue = MUST(queue_make("/queue"));

	CHILD(leaver, 0) {
		OK(unshare(CLONE_NEWIPC));
		FAILS(ENOENT, mq_open("/queue", O_RDWR));
		FAILS(ENOENT, mq_unlink("/queue"));
		int own = OK(queue_make("/queue"));
		OK(mq_send(queue, "through the old one", 20, 0));
		FAILS(EAGAIN, mq_receive(own, (char[32]){""}, 32, NULL));
		OK(mq_send(own, "through the new one", 20, 0));
		IS(next(own), "through the new one");
	}
	EXITS(leaver, 0);
	IS(next(queue), "through the old one");
	FAILS(EAGAIN, mq_receive(queue, (char[32]){""}, 32, NULL));
	CHILD(member, 0) { /* control: without a new namespace it is the same queue */
		int same = OK(mq_open("/queue", O_RDWR));
		OK(mq_send(same, "from a member", 14, 0));
		OK(mq_unlink("/queue"));
	}
	EXITS(member, 0);
	IS(next(queue), "from a member");
	FAILS(ENOENT, mq_open("/queue", O_RDWR));
}

static void mqueue_mount(const char *dir)
{
	MUST(dir_make(dir));
	OK(mount("mqueue", dir, "mqueue", 0, NULL));
}

CASE(filesystem_shows_the_queues_of_its_namespace)
{
	struct stat status;

	MUST(queue_make("/host"));
	mqueue_mount("/tmp/host");
	CHILD(leaver, NS_MNT) {
		OK(unshare(CLONE_NEWIPC));
		MUST(queue_make("/own"));
		mqueue_mount("/tmp/own");
		HOLDS(file_exists("/tmp/own/own"));
		HOLDS(!file_exists("/tmp/own/host"));
		OK(stat("/tmp/own", &status));
		IS(status.st_mode, S_IFDIR | 01777);
		IS(dir_count("/tmp/host"), 1);
		HOLDS(file_exists("/tmp/host/host")); /* whoever looks */

		MUST(close(OK(creat("/tmp/own/file", 0600))));
		OK(mq_open("/file", O_RDWR));
		OK(umount2("/tmp/own", 0));
		HOLDS(!file_exists("/tmp/own/own"));
		mqueue_mount("/tmp/own");
		IS(dir_count("/tmp/own"), 2);
		HOLDS(file_exists("/tmp/own/own"));
		HOLDS(file_exists("/tmp/own/file"));
	}
	EXITS(leaver, 0);
	IS(dir_count("/tmp/host"), 1);
	FAILS(ENOENT, mq_open("/own", O_RDWR));
}

CASE(mount_in_userns_needs_an_owned_ipc_namespace)
{
	CHILD(box, NS_USER | NS_MNT, .map = CONTAINER_MAP) {
		MUST(tmpfs_make("/tmp/own"));
		FAILS(EPERM, mount("mqueue", "/tmp/own", "mqueue", 0, NULL));
		OK(unshare(CLONE_NEWIPC));
		OK(mount("mqueue", "/tmp/own", "mqueue", 0, NULL));
		MUST(queue_make("/queue"));
		HOLDS(file_exists("/tmp/own/queue"));
	}
	EXITS(box, 0);
}

/* A queue that needs little more than 16 KiB: the limit of 40 KiB allows two. */
static int large_queue_make(const char *name)
{
	static const struct mq_attr large = {.mq_maxmsg = 4, .mq_msgsize = 4096};

	return mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &large);
}

CASE(byte_limit_is_per_user_across_namespaces_and_released_on_destruction)
{
	static const char *const names[] = {"/first", "/second"};

	CHILD(user, 0, .uid = UNPRIVILEGED) {
		MUST(setrlimit(RLIMIT_MSGQUEUE, &(struct rlimit){40960, 40960}));
		CHILD(box, NS_USER | NS_IPC) {
			MUST(idmap_write(0, path("0 %d 1", UNPRIVILEGED)));
			MUST(large_queue_make(names[0]));
			MUST(large_queue_make(names[1]));
			FAILS(EMFILE, large_queue_make("/third"));
			CHILD(elsewhere, NS_USER | NS_IPC) {
				MUST(idmap_write(0, "0 0 1"));
				FAILS(EMFILE, large_queue_make(names[0]));
			}
			EXITS(elsewhere, 0);
			TELL(box);
			HEAR(box);
		}
		HEAR(box);
		FAILS(EMFILE, large_queue_make(names[0]));
		DISMISS(box);

		CHILD(later, NS_USER | NS_IPC) {
			MUST(idmap_write(0, path("0 %d 1", UNPRIVILEGED)));
			for (size_t i = 0; i < ARRAY_SIZE(names); i++)
				while (large_queue_make(names[i]) < 0) {
					GAVE(EMFILE);
					sched_yield(); /* freed by a worker; the test's time limit ends this */
				}
			FAILS(EMFILE, large_queue_make("/third"));
		}
		EXITS(later, 0);
	}
	EXITS(user, 0);
}
