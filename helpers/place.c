// SPDX-License-Identifier: GPL-2.0-only
#include "helpers/place.h"

#include <stdio.h>
#include <sys/ioctl.h>

#include "helpers/compat.h"
#include "helpers/ns.h"
#include "helpers/record.h"

/* How messages call a place: "'box'", "this process", "process 17", or as the test writes it. */
static void place_name(char *out, size_t size, const struct place *place)
{
	const char *whose = place->children ? "the children of " : "";

	if (place->kind == PLACE_CHILD)
		snprintf(out, size, "%s'%s'", whose, place->role);
	else if (place->kind == PLACE_PROCESS && place->number)
		snprintf(out, size, "%sprocess %d", whose, place->number);
	else if (place->kind == PLACE_PROCESS)
		snprintf(out, size, "%sthis process", whose);
	else
		snprintf(out, size, "%s", place->source);
}

/* The id of the namespace of one type where it is. -1 with errno, EINVAL for a descriptor of another type. */
static long long place_id(const struct place *place, const struct ns_type *type)
{
	if (place->kind == PLACE_KEPT) {
		errno = place->err;
		return place->id;
	}
	if (place->kind != PLACE_DESCRIPTOR)
		return ns_id(place->number, place->children ? type->next : type->name);
	int flag = ioctl(place->number, NS_GET_NSTYPE);
	if (flag >= 0 && flag != type->flag)
		errno = EINVAL;
	return flag == type->flag ? ns_id_of(place->number) : -1;
}

void place_pair(const char *file, int line, bool same, const struct place *a, const struct place *b, int type)
{
	const struct place *places[] = {a, b};
	const struct ns_type *t = ns_type(type);
	char names[2][200];
	long long ids[2];

	if (!t)
		record_end(RECORD_ERROR, file, line, "%#x is no type of namespace", (unsigned int)type);
	for (int i = 0; i < 2; i++) {
		place_name(names[i], sizeof(names[i]), places[i]);
		ids[i] = place_id(places[i], t);
		if (ids[i] > 0)
			continue;
		if (places[i]->kind == PLACE_KEPT && !errno)
			record_end(RECORD_FAIL, file, line, "cannot look: %s is %lld, no %s namespace",
				   names[i], ids[i], t->label);
		record_end(RECORD_FAIL, file, line, "cannot look: the %s namespace of %s gives %s", t->label,
			   names[i], errno_name(errno));
	}
	if ((ids[0] == ids[1]) == same)
		return;
	if (same)
		record_end(RECORD_FAIL, file, line, "%s is in %s namespace %lld, expected that of %s (%lld)",
			   names[0], t->label, ids[0], names[1], ids[1]);
	record_end(RECORD_FAIL, file, line, "%s is in the %s namespace of %s (%lld), expected another one",
		   names[0], t->label, names[1], ids[0]);
}
