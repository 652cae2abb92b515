# Every task of the project. `make help` lists them.
.DEFAULT_GOAL := help

# The locked Node, which installs the locked packages where they are missing. Nothing here runs by the machine's own.
NODE := scripts/node
BIN := $(NODE) node_modules/.bin

.PHONY: help lab lab-down test check types lint imports unit api net e2e total format docs gen build image image-archive architectures publish-image publish-bundle publish-catalog chart publish-chart bundle catalog notes run bench bench-quick chaos matrix fuzz sbom clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: ## a real cluster on this machine, with the operator and an example in it (root, Debian)
	@./bin/lab up

lab-down: ## remove that cluster; what was downloaded or built stays cached
	@./bin/lab down

test: ## everything: checks, unit, keepalived, API server and lab tests (root, Debian; about an hour on two cores with a warm cache)
	@rm -rf .test-results
	@status=0; for suite in check-quick unit manifests fresh-quick net api e2e; do $(MAKE) --no-print-directory $$suite || status=1; done; $(NODE) scripts/total.ts || status=1; exit $$status

check: check-quick unit ## the fast part, a few minutes: types, lint, imports, unit tests

.PHONY: check-quick
check-quick: types lint imports

types: ## type check
	@$(BIN)/tsc --noEmit && $(BIN)/tsc --noEmit --project src/cli/dashboard/page && echo 'types: good'

lint: ## format and lint
	@$(BIN)/biome check .

imports: ## direction of imports
	@$(NODE) scripts/check-imports.ts

unit: ## unit tests
	@$(NODE) scripts/test.ts unit

manifests: ## tests of what is installed: Helm chart, OLM bundle, config/, the plugin's page, documentation (no cluster)
	@./bin/lab prepare --helm || echo 'What needs Helm is skipped.' >&2
	@./bin/lab prepare --browser || echo 'What needs a browser is skipped, unless it is there already.' >&2
	@$(NODE) scripts/test.ts manifests

net: ## tests with real keepalived in network namespaces (root)
	@./bin/lab prepare --packages && $(NODE) scripts/test.ts net

fuzz: ## every parser for FUZZ_SECONDS (60) each
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-60} $(BIN)/vitest run --project unit test/fuzz

sbom: ## dist/sbom.cdx.json: what the image is made of (DPKG_STATUS=FILE adds Debian's packages from the image's /var/lib/dpkg/status)
	@$(NODE) scripts/sbom.ts $(DPKG_STATUS)

api: ## tests with a real kube-apiserver and etcd
	@./bin/lab prepare --packages --kubernetes && $(NODE) scripts/test.ts api

e2e: ## end-to-end tests in a lab of their own (root)
	@$(NODE) scripts/test.ts lab

.PHONY: fresh fresh-quick
fresh: ## every documented command, and a lab, on a bare Debian 12 and a bare Debian 13 with their own Node (root, Debian)
	@FRESH=all $(MAKE) --no-print-directory fresh-quick

fresh-quick:
	@./bin/lab prepare --packages && $(NODE) scripts/test.ts fresh

format: ## format and mend what can be mended
	@$(BIN)/biome check --write .

docs: ## dist/docs/README.html: the documentation as people read it on GitHub
	@$(NODE) scripts/docs.ts

gen: ## write what is generated: CRD, RBAC, reference pages
	@$(NODE) scripts/generate.ts

build: ## bundle the programs into dist/
	@$(NODE) scripts/build.ts

image: ## build the container image here, without a registry (root, Debian)
	@./bin/lab prepare --packages --images

image-archive: ## the image and its bill of materials, as files in dist/ (root, Debian); ARCH=arm64 for another processor, by QEMU
	@./bin/lab prepare --packages && $(if $(ARCH),sh lab/foreign.sh '$(ARCH)') $(NODE) scripts/image-archive.ts $(ARCH)

architectures: ## the image for every processor, or for those named: make architectures ARCH='amd64 s390x'; prints what each came to (root, Debian)
	@./bin/lab prepare --packages && $(NODE) scripts/architectures.ts $(ARCH) && $(MAKE) --no-print-directory gen

publish-image: ## push the archives in dist/ as one image: make publish-image TO=docker://REPOSITORY:TAG, or oci:FOLDER:TAG
	@sh scripts/publish-image.sh '$(TO)'

publish-bundle: ## push dist/bundle as an image: make publish-bundle TO=docker://REPOSITORY:TAG, or oci:FOLDER:TAG
	@buildah build --quiet --isolation chroot --tag keepalived-operator-bundle --file dist/bundle/bundle.Dockerfile dist/bundle >/dev/null
	@buildah push --quiet --digestfile dist/bundle.digest keepalived-operator-bundle '$(TO)' && echo "$(TO) is $$(cat dist/bundle.digest)"

publish-catalog: ## push dist/catalog as an image: make publish-catalog TO=docker://REPOSITORY:TAG, or oci:FOLDER:TAG; BASE=IMAGE of opm for OLM without extractContent
	@buildah build --quiet --isolation chroot $(if $(BASE),--build-arg BASE='$(BASE)') --tag keepalived-operator-catalog --file dist/catalog/catalog.Containerfile dist/catalog >/dev/null
	@buildah push --quiet --digestfile dist/catalog.digest keepalived-operator-catalog '$(TO)' && echo "$(TO) is $$(cat dist/catalog.digest)"

publish-chart: ## push the package in dist/ as an artifact: make publish-chart TO=oci://REGISTRY/FOLDER
	@"$$($(NODE) scripts/helm-path.ts)" push dist/keepalived-operator-*.tgz '$(TO)' >dist/chart.push 2>&1; cat dist/chart.push
	@sed -n 's/^Digest: //p' dist/chart.push >dist/chart.digest && rm dist/chart.push && test -s dist/chart.digest

notes: ## print the changelog of this version; with TAG=vX.Y.Z it must be that one
	@$(NODE) scripts/release-notes.ts $(if $(TAG),--tag '$(TAG)')

chart: ## package the Helm chart into dist/
	@./bin/lab prepare --helm && "$$($(NODE) scripts/helm-path.ts)" package charts/keepalived-operator --destination dist

bundle: ## write the OLM bundle into dist/, with the image by digest: make bundle IMAGE=REPOSITORY@sha256:...
	@$(NODE) scripts/bundle.ts --image '$(IMAGE)'

catalog: ## write the OLM catalog of that bundle into dist/, once it is published: make catalog BUNDLE=REPOSITORY-bundle@sha256:...
	@$(NODE) scripts/catalog.ts --bundle '$(BUNDLE)'

run: build ## run the manager from the checkout against the current kubeconfig
	@$(NODE) dist/manager.mjs

bench: ## measure everything, in about two hours, and publish it: bench/RESULTS.md (root, Debian; one alone: scripts/node bench/main.ts --help)
	@./bin/lab prepare --packages --kubernetes && $(NODE) bench/main.ts

bench-quick: ## measure what needs neither root nor lab, in less than ten minutes, and publish it: bench/RESULTS.md
	@$(NODE) bench/main.ts --quick

chaos: ## faults at random in a lab, and whether what must always hold did: make chaos SEED=7 MINUTES=60 (root, Debian)
	@./bin/lab prepare --packages --kubernetes && $(NODE) bench/chaos.ts $(if $(SEED),--seed '$(SEED)') $(if $(MINUTES),--minutes '$(MINUTES)')

matrix: ## the core of the suites on each Kubernetes that is supported, or on those named: make matrix KUBERNETES='1.37 1.30'; prints the table (root)
	@./bin/lab prepare --packages --images && $(NODE) scripts/matrix.ts $(KUBERNETES) && $(MAKE) --no-print-directory gen

clean: ## remove what was built here
	@rm -rf dist .test-results
