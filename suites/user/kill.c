// SPDX-License-Identifier: GPL-2.0-only
/* Signals across user namespaces. kill(2) */
#include "helpers/nscheck.h"

#define GROUP "user.kill"

CASE(needs_capability_in_target_namespace_or_equal_uid)
{
	CHILD(host_root, 0) {
		HEAR(host_root);
	}
	CHILD(twin, 0, .uid = CONTAINER_ID) { /* outside, with the uid of the namespace's root */
		TELL(twin);
		HEAR(twin);
	}
	HEAR(twin);
	CHILD(root, NS_USER, .map = CONTAINER_MAP) {
		CHILD(member, 0, .uid = 7) {
			TELL(member);
			HEAR(member);
		}
		HEAR(member);
		HOLDS(cap_effective(CAP_KILL));
		OK(kill(member->pid, 0));
		OK(kill(twin->pid, 0));
		FAILS(EPERM, kill(host_root->pid, 0));
		CHILD(eight, 0, .uid = 8) {
			FAILS(EPERM, kill(twin->pid, 0));
			FAILS(EPERM, kill(member->pid, 0));
		}
		EXITS(eight, 0);
		DISMISS(member);
	}
	EXITS(root, 0);
	DISMISS(twin);
	DISMISS(host_root);
}
