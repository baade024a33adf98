/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_WANTED_H
#define RUNNER_HOST_WANTED_H

#include "runner/host/after.h"
#include "runner/host/entries.h"
#include "runner/host/gather.h"
#include "runner/host/options.h"
#include "runner/host/plan.h"
#include "runner/host/pool.h"
#include "runner/host/session.h"
#include "runner/host/shard.h"

/* Of all options what each module reads, for the entry functions of the tasks: the modules know no options. */

struct plan_request wanted_plan(const struct options *o);
struct session_request wanted_session(const struct options *o);
struct pool_config wanted_pool(const struct options *o);
struct entries_request wanted_entries(const struct options *o);
struct shard_request wanted_shard(const struct options *o);
struct after wanted_after(const struct options *o);

/* Its options have to be handed on to the facts. */
struct gather_request wanted_facts(const struct options *o);

#endif
