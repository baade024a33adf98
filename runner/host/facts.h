/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_HOST_FACTS_H
#define RUNNER_HOST_FACTS_H

#include <jansson.h>

#include "runner/host/folder.h"
#include "runner/host/session.h"

/* The journal's first entry: what is run, on what, how; and the plan. NULL with a fault. */
json_t *facts_of_run(const struct session *s, const struct folder *f, const struct plan *plan,
		     struct fault *fault);

/* The same for a run that cannot begin: nothing is known of its kernel but what was asked for. */
json_t *facts_of_none(const struct options *o, const struct folder *f, const struct plan *plan);

#endif
