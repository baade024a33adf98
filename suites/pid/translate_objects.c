// SPDX-License-Identifier: GPL-2.0-only
/* PIDs in objects, files and records that processes of several PID namespaces share. pid_namespaces(7) */
/* Goes on from translate.c. */
#include <linux/audit.h>
#include <sys/acct.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "helpers/nscheck.h"

#define GROUP "pid.translate"

struct objects {
	int shm, msg, sem;
};

/* What a table of sysvipc(5) says of its only object: the numbers of fields `first` and `second`. */
static void claim_table(const char *table, int first, long first_is, int second, long second_is)
{
	char *text = strchr(MUST(file_read(table)), '\n') + 1;

	for (int field = 1; field <= second; field++) {
		long number = strtol(text, &text, 10);
		if (field == first)
			IS(number, first_is);
		if (field == second)
			IS(number, second_is);
	}
}

static void claim_users(const struct objects *made, pid_t creator, pid_t last)
{
	struct shmid_ds shm;
	struct msqid_ds msg;

	MUST(shmctl(made->shm, IPC_STAT, &shm));
	MUST(msgctl(made->msg, IPC_STAT, &msg));
	IS(shm.shm_cpid, creator);
	IS(shm.shm_lpid, last);
	IS(msg.msg_lspid, last);
	IS(semctl(made->sem, 0, GETPID), last);
	claim_table("/proc/sysvipc/shm", 5, creator, 6, last);
	claim_table("/proc/sysvipc/msg", 6, last, 7, 0);
}

CASE(sysv_ipc_pids, .own = NS_IPC)
{
	const struct objects made = {.shm = MUST(shmget(IPC_PRIVATE, 4096, 0600)),
				     .msg = MUST(msgget(IPC_PRIVATE, 0600)),
				     .sem = MUST(semget(IPC_PRIVATE, 1, 0600))};

	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		CHILD(member, 0) {
			IS(getpid(), 2);
			MUST(shmat(made.shm, NULL, 0));
			MUST(msgsnd(made.msg, &(struct msgbuf){.mtype = 1}, 0, 0));
			MUST(semctl(made.sem, 0, SETVAL, 1));
			claim_users(&made, 0, 2);
			TELL(member, MUST(proc_self()));
			HEAR(member);
		}
		TELL(init, HEAR(member));
		HEAR(init);
		DISMISS(member);
	}
	claim_users(&made, getpid(), (pid_t)HEAR(init));
	DISMISS(init);
}

CASE(cgroup_procs)
{
	MUST(cgroup_make("a"));
	MUST(cgroup_make("b"));
	CHILD(outer, 0) {
		HEAR(outer);
	}
	MUST(cgroup_move(outer->pid, "a"));
	CHILD(init, NS_PID) {
		IS(getpid(), 1);
		MUST(cgroup_move(1, "a"));
		const char *members = MUST(file_read(cgroup_file("a/cgroup.procs"))); /* in any order */
		HOLDS(strcmp(members, "0\n1") == 0 || strcmp(members, "1\n0") == 0);
		FAILS(ESRCH, cgroup_move(outer->pid, "b"));
		OK(cgroup_move(1, "b"));
		TELL(init);
		HEAR(init);
	}
	HEAR(init);
	IS(MUST(file_read(cgroup_file("b/cgroup.procs"))), path("%d", init->pid));
	IS(MUST(file_read(cgroup_file("a/cgroup.procs"))), path("%d", outer->pid));
	OK(cgroup_move(outer->pid, "b")); /* control */
	DISMISS(init);
	DISMISS(outer);
}

/* How many records an accounting file holds. */
static long long records(void)
{
	struct stat st;

	MUST(stat("/tmp/acct", &st));
	IS(st.st_size % (off_t)sizeof(struct acct_v3), 0);
	return st.st_size / (off_t)sizeof(struct acct_v3);
}

static void end_one(const char *command)
{
	CHILD(one, 0) {
		MUST(prctl(PR_SET_NAME, command));
	}
	EXITS(one, 0);
}

CASE(process_accounting_is_per_namespace)
{
	int file = MUST(open("/tmp/acct", O_RDWR | O_CREAT | O_CLOEXEC, 0600));

	CHILD(init, NS_PID) {
		struct acct_v3 last = {0};
		IS(getpid(), 1);
		OK(acct("/tmp/acct"));
		end_one("inner");
		IS(records(), 1);
		MUST(read(file, &last, sizeof(last)));
		IS(last.ac_version & 0xf, 3);
		IS(last.ac_pid, 2);
		IS(last.ac_comm, "inner");
		CHILD(below, NS_PID) {}
		EXITS(below, 0);
		IS(records(), 2);
		MUST(read(file, &last, sizeof(last)));
		IS(last.ac_pid, 3); /* not 1, as there */
		TELL(init);
		HEAR(init);
	}
	HEAR(init);
	end_one("outer");
	IS(records(), 2);
	DISMISS(init);
	long long then = records();
	HOLDS(then > 2); /* the end of init itself */
	end_one("late");
	IS(records(), then);
}

static int audit_get(void)
{
	struct nl_request r = nl_request(AUDIT_GET, NLM_F_ACK, NULL, 0);

	return nl_ask(NETLINK_AUDIT, &r, NULL);
}

CASE(audit_control_refused_outside_initial_namespaces)
{
	if (nl_open(NETLINK_AUDIT, 0) < 0 && errno == EPROTONOSUPPORT)
		/* the moment: whoever booted this kernel may have said audit=0 */
		SKIP("audit is off");
	OK(audit_get());
	CHILD(init, NS_PID) {
		FAILS(EPERM, audit_get());
	}
	EXITS(init, 0);
	CHILD(root_elsewhere, NS_USER, .map = CONTAINER_MAP) {
		FAILS(ECONNREFUSED, audit_get());
	}
	EXITS(root_elsewhere, 0);
}
