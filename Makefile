# Every task of the project. `make help` lists them.
.DEFAULT_GOAL := help
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

# Written by npm at the end of an install: newer than the lock file means that what is installed is what is locked.
INSTALLED := node_modules/.package-lock.json

.PHONY: help lab lab-down test check types lint imports unit api net e2e total format docs gen build image image-archive publish-image publish-bundle chart publish-chart bundle notes run bench fuzz sbom clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: ## a real cluster on this machine, with the operator and an example in it (root, Debian)
	@sh lab/preflight.sh
	@$(MAKE) --silent $(INSTALLED)
	@./bin/lab up

lab-down: ## remove that cluster; what was downloaded or built stays cached
	@./bin/lab down

test: $(INSTALLED) ## everything: checks, unit, keepalived, API server and lab tests (root, Debian; about half an hour with a warm cache)
	@rm -rf .test-results
	@status=0; for suite in check-quick unit manifests net api e2e; do $(MAKE) --no-print-directory $$suite || status=1; done; node scripts/total.ts || status=1; exit $$status

check: check-quick unit ## the fast part, under a minute: types, lint, imports, unit tests

.PHONY: check-quick
check-quick: types lint imports

types: $(INSTALLED) ## type check
	@tsc --noEmit && echo 'types: good'

lint: $(INSTALLED) ## format and lint
	@biome check .

imports: $(INSTALLED) ## direction of imports
	@node scripts/check-imports.ts

unit: $(INSTALLED) ## unit tests
	@node scripts/test.ts unit

manifests: $(INSTALLED) ## tests of what is installed: Helm chart, OLM bundle, config/, documentation (no cluster)
	@./bin/lab prepare --helm || echo 'What needs Helm is skipped.' >&2
	@node scripts/test.ts manifests

net: $(INSTALLED) ## tests with real keepalived in network namespaces (root)
	@./bin/lab prepare --packages && node scripts/test.ts net

fuzz: $(INSTALLED) ## every parser for FUZZ_SECONDS (60) each
	@FUZZ_SECONDS=$${FUZZ_SECONDS:-60} vitest run --project unit test/fuzz

sbom: $(INSTALLED) ## dist/sbom.cdx.json: what the image is made of (DPKG_STATUS=FILE adds Debian's packages from the image's /var/lib/dpkg/status)
	@node scripts/sbom.ts $(DPKG_STATUS)

api: $(INSTALLED) ## tests with a real kube-apiserver and etcd
	@./bin/lab prepare --packages --kubernetes && node scripts/test.ts api

e2e: $(INSTALLED) ## end-to-end tests in a lab of their own (root)
	@node scripts/test.ts lab

format: $(INSTALLED) ## format and mend what can be mended
	@biome check --write .

docs: $(INSTALLED) ## dist/docs/README.html: the documentation as people read it on GitHub
	@node scripts/docs.ts

gen: $(INSTALLED) ## write what is generated: CRD, RBAC, reference pages
	@node scripts/generate.ts

build: $(INSTALLED) ## bundle the programs into dist/
	@node scripts/build.ts

image: $(INSTALLED) ## build the container image here, without a registry (root, Debian)
	@./bin/lab prepare --packages --images

image-archive: $(INSTALLED) ## the image and its bill of materials, as files in dist/ (root, Debian); ARCH=arm64 for another processor, by QEMU
	@./bin/lab prepare --packages && $(if $(ARCH),sh lab/foreign.sh '$(ARCH)') node scripts/image-archive.ts $(ARCH)

publish-image: ## push the archives in dist/ as one image: make publish-image TO=docker://REPOSITORY:TAG, or oci:FOLDER:TAG
	@sh scripts/publish-image.sh '$(TO)'

publish-bundle: ## push dist/bundle as an image: make publish-bundle TO=docker://REPOSITORY:TAG, or oci:FOLDER:TAG
	@buildah build --quiet --isolation chroot --tag keepalived-operator-bundle --file dist/bundle/bundle.Dockerfile dist/bundle >/dev/null
	@buildah push --quiet --digestfile dist/bundle.digest keepalived-operator-bundle '$(TO)' && echo "$(TO) is $$(cat dist/bundle.digest)"

publish-chart: ## push the package in dist/ as an artifact: make publish-chart TO=oci://REGISTRY/FOLDER
	@"$$(node scripts/helm-path.ts)" push dist/keepalived-operator-*.tgz '$(TO)'

notes: $(INSTALLED) ## print the changelog of this version; with TAG=vX.Y.Z it must be that one
	@node scripts/release-notes.ts $(if $(TAG),--tag '$(TAG)')

chart: $(INSTALLED) ## package the Helm chart into dist/
	@./bin/lab prepare --helm && "$$(node scripts/helm-path.ts)" package charts/keepalived-operator --destination dist

bundle: $(INSTALLED) ## write the OLM bundle and catalog into dist/, with the image by digest: make bundle IMAGE=REPOSITORY@sha256:...
	@node scripts/bundle.ts --image '$(IMAGE)'

run: build ## run the manager from the checkout against the current kubeconfig
	@node dist/manager.mjs

bench: $(INSTALLED) ## measure; prints medians and ratios
	@node bench/main.ts

clean: ## remove what was built here
	@rm -rf dist .test-results

$(INSTALLED): package-lock.json package.json
	@echo 'Installing the locked npm packages (npm ci) ...' >&2
	@npm ci --no-progress --loglevel=error >/dev/null && touch $@
