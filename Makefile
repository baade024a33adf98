# SPDX-License-Identifier: GPL-2.0-only
# nscheck: three programs (host, guest init, guest suites) and their own tests.
# Sources are found by wildcard: a new file needs no line here.

# make has a value of its own for CC, which is no choice of anybody.
ifneq ($(filter default undefined,$(origin CC)),)
CC      := gcc
endif
BUILD   ?= build
WARN    := -Wall -Wextra -Wshadow -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes -Werror
OPT     ?= -O2 -g
CFLAGS  := -std=gnu11 -D_GNU_SOURCE $(OPT) $(WARN) -I. -I$(BUILD) $(EXTRA_CFLAGS)
SAN     := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

# The calls that sabotage must be able to make lie (helpers/sabotage.c).
WRAP    := unshare setns clone
# And libcheck's fork, for which the server of the tests has a place (runner/guest/serve.c).
WRAPPED := $(foreach call,$(WRAP) fork,-Wl,--wrap=$(call))

INIT_SRC  := $(wildcard runner/init/*.c)
GUEST_SRC := $(wildcard runner/guest/*.c) $(wildcard helpers/*.c) $(wildcard suites/*/*.c)
HOST_SRC  := $(wildcard runner/*.c) $(wildcard runner/base/*.c) $(wildcard runner/host/*.c) $(wildcard vm/*.c) $(wildcard results/*.c)
TEST_SRC  := $(wildcard runner/tests/*/*_test.c) $(wildcard runner/tests/*/samples.c) runner/tests/tests_main.c
TSV       := $(wildcard suites/*/behaviours.tsv)

objs = $(patsubst %.c,$(BUILD)/$(2)/%.o,$(1))

HOST_LIBS  := -ljansson -larchive -lelf -lm
# libcheck's archive wants subunit, rt and m; whole so that nothing is looked up at run time.
GUEST_LIBS := -lcheck_pic -lsubunit -lcap -lrt -lm -pthread

# Whatever is built is built with these. When one has changed everything is built again: each object asks for the file.
FLAGS := $(CC) $(CFLAGS) $(SAN) $(WRAPPED) $(HOST_LIBS) $(GUEST_LIBS)
ifneq ($(file <$(BUILD)/flags),$(FLAGS))
$(shell mkdir -p $(BUILD))
$(file >$(BUILD)/flags,$(FLAGS))
endif

# A make with nothing to do spends most of its time on looking for built-in ways to make each source and header.
MAKEFLAGS += --no-builtin-rules

all: $(BUILD)/nscheck $(BUILD)/nscheck-init $(BUILD)/nscheck-guest $(BUILD)/catalogue.ok

$(BUILD)/nscheck: $(call objs,$(HOST_SRC),obj)
	$(CC) $(CFLAGS) -o $@ $^ $(HOST_LIBS)

# What the VM gets is small; what a debugger needs is kept beside it.
$(BUILD)/nscheck-init $(BUILD)/nscheck-guest: %: %.debug
	strip -o $@ $<

$(BUILD)/nscheck-init.debug: $(call objs,$(INIT_SRC),obj)
	$(CC) $(CFLAGS) -static -o $@ $^

$(BUILD)/nscheck-guest.debug: $(call objs,$(GUEST_SRC),obj) $(BUILD)/obj/catalogue.o
	$(CC) $(CFLAGS) -static $(WRAPPED) -o $@ $^ $(GUEST_LIBS)

# Catalogue and tests are held together in both directions.
$(BUILD)/catalogue.ok: $(BUILD)/nscheck-guest
	$(BUILD)/nscheck-guest --lint
	@touch $@

$(BUILD)/catalogue.c: suites/catalogue.awk $(TSV)
	@mkdir -p $(@D)
	awk -f suites/catalogue.awk $(TSV) > $@.tmp && mv $@.tmp $@

$(BUILD)/obj/catalogue.o: $(BUILD)/catalogue.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -c -o $@ $<

# One file of the kernel's tree, taken from it and never kept here.
$(BUILD)/kselftest.h: vm/kselftest.sh
	@mkdir -p $(@D)
	./vm/kselftest.sh $@

$(call objs,$(GUEST_SRC),obj): | $(BUILD)/kselftest.h

$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/san/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SAN) -MMD -MP -c -o $@ $<

# The page's style and script are taken into the program as they are.
$(call objs,results/html.c,obj) $(call objs,results/html.c,san): results/html.css results/html.js

# The host program under sanitizers, with its tests in place of main().
$(BUILD)/host-tests: $(call objs,$(TEST_SRC) $(filter-out runner/host/main.c,$(HOST_SRC)),san)
	$(CC) $(CFLAGS) $(SAN) -o $@ $^ $(HOST_LIBS) -lcheck -lsubunit -lrt -lm -pthread

# Those tests run the whole program against a monitor and kernels that are none.
FAKES := runner/tests/host/fake-vm.c runner/tests/host/fake-monitor.c
$(BUILD)/host-tests: | $(BUILD)/nscheck-fake $(BUILD)/fake-machine

$(BUILD)/nscheck-san: $(call objs,$(HOST_SRC),san)
	$(CC) $(CFLAGS) $(SAN) -o $@ $^ $(HOST_LIBS)

$(BUILD)/nscheck-fake: $(call objs,$(filter-out vm/kernel.c vm/image.c vm/runtime.c,$(HOST_SRC)) $(FAKES),san)
	$(CC) $(CFLAGS) $(SAN) -o $@ $^ $(HOST_LIBS)

# The same without sanitizers, for valgrind.
$(BUILD)/nscheck-plain: $(call objs,$(filter-out vm/kernel.c vm/image.c vm/runtime.c,$(HOST_SRC)) $(FAKES) runner/tests/host/no-pidfd.c,obj)
	$(CC) $(CFLAGS) -Wl,--wrap=syscall -o $@ $^ $(HOST_LIBS)

$(BUILD)/fake-machine: $(BUILD)/obj/runner/tests/host/fake-machine.o
	$(CC) $(CFLAGS) -o $@ $^

# The project's own tests on the host; those that need a virtual machine: ./run.sh --self-test
# The limit guards against hanging; a loaded machine is no failure.
check: $(BUILD)/host-tests
	CK_DEFAULT_TIMEOUT=60 $<

# How fast it is here: prints ratios and writes results/bench.json. The machine must be idle.
bench: all
	runner/tests/tree/bench.sh

lint: all
	runner/tests/tree/lint.sh

# clang-tidy, once for each object: a changed source or header has changed its object.
TIDY = clang-tidy --quiet $< -- $(CFLAGS) -Wno-unknown-warning-option \
	-Wno-gnu-variable-sized-type-not-at-end
tidy: $(patsubst %.c,$(BUILD)/tidy/%.ok,$(INIT_SRC) $(GUEST_SRC) $(HOST_SRC) $(TEST_SRC))

$(BUILD)/tidy/runner/tests/%.ok: runner/tests/%.c $(BUILD)/san/runner/tests/%.o .clang-tidy
	@mkdir -p $(@D)
	@$(TIDY) 2>$@.log || { cat $@.log; false; }
	@touch $@

$(BUILD)/tidy/%.ok: %.c $(BUILD)/obj/%.o .clang-tidy
	@mkdir -p $(@D)
	@$(TIDY) 2>$@.log || { cat $@.log; false; }
	@touch $@

# gcc's analyzer on the host program. Leaks are for LeakSanitizer: the analyzer loses what is stored through a pointer.
analyze: $(patsubst %.c,$(BUILD)/analyzed/%.ok,$(HOST_SRC))

$(BUILD)/analyzed/%.ok: %.c $(BUILD)/obj/%.o
	@mkdir -p $(@D)
	@gcc $(CFLAGS) -O1 -fanalyzer -Wno-analyzer-malloc-leak -c -o /dev/null $<
	@touch $@

# Two symbols that bound one section are two objects to cppcheck, and what a function fills in through a
# pointer stays uninitialised to it. It has its own view of the verbs in helpers/claim.h, where a value that is claimed
# looks like one that nobody uses; a member named like the variable that it initialises is that variable to it.
cppcheck:
	@mkdir -p $(BUILD)/cppcheck
	cppcheck --quiet -j$$(nproc) --cppcheck-build-dir=$(BUILD)/cppcheck --error-exitcode=1 --inline-suppr \
		--std=c11 --enable=warning,performance,portability -I. -D__cppcheck__ --include=runner/tests/tree/cppcheck.h \
		--suppress=missingIncludeSystem --suppress=comparePointers --suppress=subtractPointers \
		--suppress=ctuuninitvar '--suppress=constStatement:suites/*' '--suppress=ignoredReturnValue:suites/*' \
		'--suppress=legacyUninitvar:suites/*' helpers results runner suites vm

# Fuzzers: `runner/tests/fuzz/fuzz.sh` runs them.
FUZZ_CC  ?= $(shell command -v clang || echo clang-14)
FUZZ_SRC := runner/tests/vm/samples.c $(filter-out runner/host/main.c,$(HOST_SRC))
FUZZERS  := $(patsubst runner/tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard runner/tests/fuzz/*.c))

fuzzers: $(FUZZERS)

$(BUILD)/fuzz/obj/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(FUZZ_CC) $(CFLAGS) -fsanitize=fuzzer-no-link $(SAN) -MMD -MP -c -o $@ $<

$(BUILD)/fuzz/%: $(BUILD)/fuzz/obj/runner/tests/fuzz/%.o $(call objs,$(FUZZ_SRC),fuzz/obj)
	$(FUZZ_CC) -fsanitize=fuzzer $(SAN) -o $@ $^ $(HOST_LIBS)

# The options in the manual page and the completions are those of --help.
DOC := $(BUILD)/nscheck.1 $(BUILD)/nscheck.zsh $(BUILD)/nscheck.fish
$(BUILD)/nscheck.1: runner/doc/man.awk
$(BUILD)/nscheck.zsh: runner/doc/zsh.awk
$(BUILD)/nscheck.fish: runner/doc/fish.awk
$(DOC): $(BUILD)/%: runner/doc/%.in runner/doc/options.awk $(BUILD)/nscheck
	ARGP_HELP_FMT=rmargin=2000 $(BUILD)/nscheck --help > $@.help
	awk -f runner/doc/options.awk -f $(filter-out %/options.awk,$(filter %.awk,$^)) $@.help $< > $@.tmp && mv $@.tmp $@

# An installed program finds its data above its own folder, as one in the tree does; bin/nscheck leads there.
PREFIX ?= /usr/local
LIB    := $(DESTDIR)$(PREFIX)/lib/nscheck
MAN    := $(DESTDIR)$(PREFIX)/share/man/man1
COMPLETIONS      := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
COMPLETIONS_ZSH  := $(DESTDIR)$(PREFIX)/share/zsh/site-functions
COMPLETIONS_FISH := $(DESTDIR)$(PREFIX)/share/fish/vendor_completions.d
INSTALL ?= install

install: all $(DOC)
	$(INSTALL) -d $(LIB)/bin $(LIB)/vm $(LIB)/results/baseline $(MAN) $(DESTDIR)$(PREFIX)/bin \
		$(COMPLETIONS) $(COMPLETIONS_ZSH) $(COMPLETIONS_FISH)
	$(INSTALL) -m 755 $(BUILD)/nscheck $(BUILD)/nscheck-init $(BUILD)/nscheck-guest $(LIB)/bin
	$(INSTALL) -m 755 vm/fetch-*.sh $(LIB)/vm
	$(INSTALL) -m 644 vm/apt.sh vm/kernel.config vm/kernels.list vm/modules.list vm/runtimes.list $(LIB)/vm
	$(INSTALL) -m 644 results/splats.allow $(LIB)/results
	$(INSTALL) -m 644 results/baseline/known.tsv $(LIB)/results/baseline
	$(INSTALL) -m 644 $(BUILD)/nscheck.1 $(MAN)
	$(INSTALL) -m 644 runner/doc/nscheck.bash $(COMPLETIONS)/nscheck
	$(INSTALL) -m 644 $(BUILD)/nscheck.zsh $(COMPLETIONS_ZSH)/_nscheck
	$(INSTALL) -m 644 $(BUILD)/nscheck.fish $(COMPLETIONS_FISH)/nscheck.fish
	ln -sf ../lib/nscheck/bin/nscheck $(DESTDIR)$(PREFIX)/bin/nscheck

uninstall:
	rm -rf $(LIB)
	rm -f $(DESTDIR)$(PREFIX)/bin/nscheck $(MAN)/nscheck.1 $(COMPLETIONS)/nscheck \
		$(COMPLETIONS_ZSH)/_nscheck $(COMPLETIONS_FISH)/nscheck.fish

# For editors: clangd reads compile_flags.txt; in tags each test stands under its id as well.
compile_flags.txt: $(BUILD)/flags
	printf '%s\n' $(CFLAGS) >$@

tags: $(BUILD)/nscheck-guest
	ctags -R -f $@ -n --languages=C helpers results runner suites vm
	$(BUILD)/nscheck-guest --list | awk -F '\t' 'NR > 1 { print $$1 "\t" $$2 "\t" $$3 }' >>$@
	LC_ALL=C sort -o $@ $@

clean:
	rm -rf $(BUILD) compile_flags.txt tags

format:
	clang-format -i $$(git ls-files '*.c' '*.h')

.PHONY: all analyze bench check clean cppcheck format fuzzers install lint tags tidy uninstall
.DELETE_ON_ERROR:
-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
