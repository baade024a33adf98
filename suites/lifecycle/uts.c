// SPDX-License-Identifier: GPL-2.0-only
/* How long UTS namespaces live, and with them what is in them. namespaces(7) "Namespace lifetime" */
#include "helpers/utsname.h"
#include "suites/lifecycle/patterns.h"

#define GROUP "lifecycle.uts"

CASE(freed_when_last_process_leaves)
{
	freed_with_its_last_process(NS_UTS);
}

static void set_name(void)
{
	OK(hostname_set("kept"));
}

static void claim_name(bool inside)
{
	if (inside)
		IS(hostname(), "kept");
	else
		IS_NOT(hostname(), "kept");
}

CASE(open_fd_keeps_state)
{
	kept_with_its_state(NS_UTS, set_name, claim_name);
}

CASE(bind_mount_keeps_alive)
{
	kept_by_a_bind_mount(NS_UTS);
}
