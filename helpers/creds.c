// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/creds.h"

#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helpers/file.h"
#include "helpers/proc.h"

int setgroups_none(void)
{
	return setgroups(0, NULL);
}

int cap_drop_all(void)
{
	cap_t none = cap_init();
	int done = none ? cap_set_proc(none) : -1;

	cap_free(none);
	return done;
}

int become_unprivileged(uid_t id)
{
	if (setgroups_none() < 0 || setresgid(id, id, id) < 0 || setresuid(id, id, id) < 0)
		return -1;
	if (cap_drop_all() < 0)
		return -1;
	return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
}

bool cap_effective(cap_value_t cap)
{
	cap_t now = cap_get_proc();
	cap_flag_value_t value = CAP_CLEAR;

	if (!now || cap_get_flag(now, cap, CAP_EFFECTIVE, &value) < 0)
		value = CAP_CLEAR;
	cap_free(now);
	return value == CAP_SET;
}

bool cap_effective_full(void)
{
	for (cap_value_t cap = 0; cap < cap_max_bits(); cap++)
		if (!cap_effective(cap))
			return false;
	return true;
}

int cap_drop(cap_value_t cap)
{
	cap_t now = cap_get_proc();
	int done = -1;

	if (now && cap_set_flag(now, CAP_EFFECTIVE, 1, &cap, CAP_CLEAR) == 0 &&
	    cap_set_flag(now, CAP_PERMITTED, 1, &cap, CAP_CLEAR) == 0 &&
	    cap_set_flag(now, CAP_INHERITABLE, 1, &cap, CAP_CLEAR) == 0)
		done = cap_set_proc(now);
	cap_free(now);
	return done;
}

int cap_keep_only(cap_value_t cap)
{
	cap_t only = cap_init();
	int done = -1;

	if (only && cap_set_flag(only, CAP_EFFECTIVE, 1, &cap, CAP_SET) == 0 &&
	    cap_set_flag(only, CAP_PERMITTED, 1, &cap, CAP_SET) == 0)
		done = cap_set_proc(only);
	cap_free(only);
	return done;
}

int cap_make_ambient(cap_value_t cap)
{
	cap_t now = cap_get_proc();
	int done = -1;

	if (now && cap_set_flag(now, CAP_INHERITABLE, 1, &cap, CAP_SET) == 0 && cap_set_proc(now) == 0)
		done = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
	cap_free(now);
	return done;
}

const char *caps_all(void)
{
	static char text[17];

	snprintf(text, sizeof(text), "%016llx", (2ULL << file_number("/proc/sys/kernel/cap_last_cap")) - 1);
	return text;
}

const char *uids_now(void)
{
	uid_t real, effective, saved;

	return getresuid(&real, &effective, &saved) < 0 ? NULL : path("%u %u %u", real, effective, saved);
}

const char *gids_now(void)
{
	gid_t real, effective, saved;

	return getresgid(&real, &effective, &saved) < 0 ? NULL : path("%u %u %u", real, effective, saved);
}

const char *creds_now(void)
{
	const char *permitted = proc_status(0, "CapPrm"), *effective = proc_status(0, "CapEff"), *caps;

	if (!permitted || !effective)
		return NULL;
	bool same = strcmp(permitted, effective) == 0;
	if (same && strcmp(effective, CAPS_NONE) == 0)
		caps = "no capabilities";
	else if (same && strcmp(effective, caps_all()) == 0)
		caps = "all capabilities";
	else
		caps = path("capabilities %s %s", permitted, effective);
	return path("uid %s, gid %s, %s", uids_now(), gids_now(), caps);
}
