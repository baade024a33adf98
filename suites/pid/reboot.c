// SPDX-License-Identifier: GPL-2.0-only
/* reboot(2) in a PID namespace. reboot(2) "Behavior inside PID namespaces" */
#include <linux/reboot.h>

#include "helpers/nscheck.h"

#define GROUP "pid.reboot"

#define INITIAL_PID_NAMESPACE 0xEFFFFFFCLL /* namespaces(7): the kernel's own number for it */

/* Or the machine itself would restart. */
static void claim_contained(void)
{
	IS(getpid(), 1);
	OTHER_NS(0, INITIAL_PID_NAMESPACE, NS_PID);
}

static int reboot_with(unsigned int magic, unsigned int command)
{
	return (int)syscall(SYS_reboot, magic, LINUX_REBOOT_MAGIC2, command, "argument");
}

/* The end of the calling init. */
static void be_rebooted(unsigned int command)
{
	claim_contained();
	CHILD(caller, 0) {
		OK(reboot_with(LINUX_REBOOT_MAGIC1, command));
		_exit(1); /* never: the call does not return */
	}
	EXITS(caller, 0);
	for (;;)
		pause();
}

CASE(restart_kills_init_with_sighup)
{
	static const unsigned int commands[] = {LINUX_REBOOT_CMD_RESTART, LINUX_REBOOT_CMD_RESTART2};

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		NOTE("command 0x%x", commands[i]);
		CHILD(ignoring, NS_PID) {
			MUST(sigaction(SIGHUP, &(struct sigaction){.sa_handler = SIG_IGN}, NULL));
			be_rebooted(commands[i]);
		}
		DIES_BY(ignoring, SIGHUP);
		CHILD(blocking, NS_PID) {
			signal_block_all();
			be_rebooted(commands[i]);
		}
		DIES_BY(blocking, SIGHUP);
	}
}

CASE(halt_and_poweroff_kill_init_with_sigint)
{
	static const unsigned int commands[] = {LINUX_REBOOT_CMD_HALT, LINUX_REBOOT_CMD_POWER_OFF};

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		NOTE("command 0x%x", commands[i]);
		CHILD(init, NS_PID) {
			be_rebooted(commands[i]);
		}
		DIES_BY(init, SIGINT);
	}
}

CASE(other_commands_einval)
{
	static const unsigned int commands[] = {LINUX_REBOOT_CMD_CAD_ON, LINUX_REBOOT_CMD_CAD_OFF,
						LINUX_REBOOT_CMD_KEXEC, LINUX_REBOOT_CMD_SW_SUSPEND, 0x1234};

	CHILD(init, NS_PID) {
		claim_contained();
		CHILD(member, 0) {
			HEAR(member);
		}
		for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
			NOTE("command 0x%x", commands[i]);
			FAILS(EINVAL, reboot_with(LINUX_REBOOT_MAGIC1, commands[i]));
		}
		NOTE("a wrong magic number");
		FAILS(EINVAL, reboot_with(LINUX_REBOOT_MAGIC1 + 1, LINUX_REBOOT_CMD_RESTART));
		DISMISS(member);
	}
	EXITS(init, 0);
}

CASE(needs_cap_sys_boot_in_owner_of_the_pidns)
{
	CHILD(init, NS_PID | NS_MNT) {
		claim_contained();
		MUST(proc_mount("/proc"));
		CHILD(user, 0, .uid = UNPRIVILEGED) {
			FAILS(EPERM, reboot_with(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_CMD_RESTART));
		}
		EXITS(user, 0);
		CHILD(root_elsewhere, NS_USER, .map = CONTAINER_MAP) {
			FAILS(EPERM, reboot_with(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_CMD_RESTART));
		}
		EXITS(root_elsewhere, 0);
	}
	EXITS(init, 0);
	CHILD(owner, NS_USER | NS_PID, .map = CONTAINER_MAP) {
		be_rebooted(LINUX_REBOOT_CMD_RESTART);
	}
	DIES_BY(owner, SIGHUP);
}
