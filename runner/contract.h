/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_CONTRACT_H
#define RUNNER_CONTRACT_H

/*
 * All that the host program, the first process of the VM (runner/init) and the program of the tests (runner/guest) have
 * to spell alike. runner/README.md says in words what each of it means, and who speaks when. A change that a side of
 * before would misread needs another version.
 */
#define CONTRACT_VERSION 3

/* ---- the machine ---- */

/* Words of the kernel's command line: this is an nscheck VM; open a shell instead of serving the host. */
#define WORD_VM    "nscheck"
#define WORD_SHELL "nscheck.shell"

/* The shell's prompt, by which the host sees that it waits for a line. */
#define SHELL_PROMPT "nscheck# "

/* The kernel's log and nothing else; and both channels in one, where the kernel has no virtio_console. */
#define TTY_CONSOLE "ttyS0"
#define TTY_CHANNEL "ttyS1"

/* Names of the virtio ports: guest to host, host to guest. */
#define PORT_RESULTS "nscheck.results"
#define PORT_ORDERS  "nscheck.control"

/* Files in the VM: the kernel's configuration, if there is one, and the program of the tests. */
#define PATH_CONFIG "/nscheck/config"
#define PATH_GUEST  "/bin/nscheck-guest"

/* What the program of the tests is called with, as long options: prints the table of tests; serves the first process. */
#define GUEST_LIST  "list"
#define GUEST_SERVE "serve"

/* The cgroup of a test below the root of cgroup2, and its member that the main process is born into. */
#define BOX_NAME "test"
#define BOX_MAIN "main"

/* Lines in the kernel's log: "nscheck: start ID" and "nscheck: end ID"; anything else behind the first word is no mark. */
#define LOG_MARK  "nscheck: "
#define LOG_START "start "
#define LOG_END   "end "

/* ---- sizes ---- */

enum {
	LINE_MAX_RESULTS = 4096, /* bytes of a line to the host; it cuts longer ones */
	LINE_MAX_ORDERS = 4095,  /* bytes of an order without its newline */
	SETUP_MAX = 4095,        /* of the shell line that follows a setup order */
	ENTROPY_MAX = 64,        /* bytes, two digits each */
	FLAGS_MAX = 127,         /* of an order to run a test */
	ID_MAX = 199,            /* of a test's id */
	REQUEST_MAX = 400,       /* bytes of a line to the program of the tests */
};

/* ---- orders, host to guest, one a line ---- */

#define ORDER_CLOCK   "clock "   /* SECONDS NANOSECONDS */
#define ORDER_ENTROPY "entropy " /* HEX */
#define ORDER_SUITES  "suites "  /* SIZE, then so many bytes: the program of the tests */
#define ORDER_SETUP   "setup "   /* SIZE, then so many bytes: a line for the shell */
#define ORDER_RUN     "run "     /* FACTOR FLAGS ID */
#define ORDER_SYSRQ   "sysrq "   /* KEY */
#define ORDER_BYE     "bye"

/* Flags of a run: none, or these with commas between them. */
#define FLAGS_NONE    "-"
#define FLAG_SABOTAGE "sabotage"
#define FLAG_RUNTIME  "runtime=" /* NAME */

/* The container runtime that is part of nscheck itself. */
#define RUNTIME_REFERENCE "reference"

/* ---- what the guest says, one a line ---- */

#define SAYS         "#:nscheck_"
#define SAYS_HELLO   SAYS "hello: "  /* VERSION RELEASE */
#define SAYS_SUITES  SAYS "suites: " /* SIZE */
#define SAYS_SETUP   SAYS "setup: "  /* STATUS */
#define SAYS_BYE     SAYS "bye:"
#define SAYS_START   SAYS "start: "   /* ID */
#define SAYS_ROLE    SAYS "role: "    /* NAME/NAME... */
#define SAYS_PLACE   SAYS "at: "      /* FILE:LINE */
#define SAYS_MESSAGE SAYS "message: " /* TEXT */
#define SAYS_MICROS  SAYS "micros: "  /* MICROSECONDS */
#define SAYS_RECORD  SAYS "record: "  /* FINDING */
#define SAYS_LEFT    SAYS "left: "    /* TEXT */
#define SAYS_END     SAYS "end: "     /* ENDING ID */

/* What is told of a test is evidence; the host judges. How it ended: */
#define ENDINGS(X)                                                                                           \
	X(ITSELF, "itself")     /* its main process came to its end */                                       \
	X(EARLY, "early")       /* a signal or an exit of its own ended that process before */               \
	X(LIMIT, "limit")       /* it was ended when its time was up */                                      \
	X(KILLED, "killed")     /* the first process had to end it, with the server of the tests */          \
	X(ORPHANED, "orphaned") /* the server of the tests ended */                                          \
	X(NEVER, "never")       /* it did not begin */

/* What it wrote down, if anything: */
#define FINDINGS(X)                                                                                          \
	X(CLAIM, "claim")             /* a claim about the kernel does not hold */                           \
	X(ARRANGEMENT, "arrangement") /* something could not be arranged */                                  \
	X(LACK, "lack")               /* the kernel, or its machine, is without what the test needs */       \
	X(ABSENCE, "absence") /* only the feature itself is not there: kernels have it by their version */

#define ENDING_ENUM_(name, word)  ENDING_##name,
#define FINDING_ENUM_(name, word) FINDING_##name,
enum ending { ENDING_UNTOLD, ENDINGS(ENDING_ENUM_) ENDING_COUNT };
enum finding { FINDING_NONE, FINDINGS(FINDING_ENUM_) FINDING_COUNT };

/* For the tables of the words: `static const char *const words[] = {ENDINGS(ENDING_WORD)};` */
#define ENDING_WORD(name, word)  [ENDING_##name] = (word),
#define FINDING_WORD(name, word) [FINDING_##name] = (word),

/* ---- between the first process and the program of the tests ---- */

#define SAYS_LIMIT     SAYS "limit: " /* SECONDS, then words */
#define LIMIT_CHANGED  "changed" /* the system was changed for the test: look at it once more, and answer */
#define LIMIT_CGROUPS  "cgroups" /* the test works with cgroups: its box is not kept */
#define ANSWER_CHANGED "go"

/* ---- the table of tests ---- */

/* Columns, with tabs between them, below a line of their names. */
#define TABLE_COLUMNS(X)                                                                                     \
	X(ID, "id")                                                                                          \
	X(FILE, "file")                                                                                      \
	X(LINE, "line")                                                                                      \
	X(TIMEOUT, "timeout")                                                                                \
	X(ALONE, "alone")                                                                                    \
	X(SABOTAGE, "sabotage")                                                                              \
	X(TIER, "tier")                                                                                      \
	X(SINCE, "since")                                                                                    \
	X(UNTIL, "until")                                                                                    \
	X(NEEDS, "needs")                                                                                    \
	X(STATEMENT, "statement")                                                                            \
	X(EXPECTED, "expected")                                                                              \
	X(SOURCE, "source")

#define TABLE_ENUM_(name, word) COLUMN_##name,
#define TABLE_WORD_(name, word) "\t" word
enum table_column { TABLE_COLUMNS(TABLE_ENUM_) COLUMN_COUNT };
#define TABLE_HEADING (&TABLE_COLUMNS(TABLE_WORD_)[1])

/* A cell that has nothing to say, and one that says yes; no is 0. */
#define CELL_NONE "-"
#define CELL_YES  "1"

/* The tier of the harness's own exam, which runs only when it is named. */
#define TIER_SELFTEST "selftest"

#endif
