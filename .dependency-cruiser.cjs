// The import law of the house. Layers: core <- contracts <- adapters <- services <- cli; dashboard -> core, contracts.
const services = '^(broker|ingest|alerting|settlement|api|simulators)/';
module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'core-is-pure',
      severity: 'error',
      from: { path: '^core/' },
      to: { pathNot: ['^core/', 'node_modules/(fraction\\.js|temporal-polyfill|temporal-spec)/'] },
    },
    {
      name: 'contracts-know-core',
      severity: 'error',
      from: { path: '^contracts/' },
      to: { pathNot: ['^contracts/', '^core/', 'node_modules/typebox/'] },
    },
    {
      name: 'adapters-stay-apart',
      severity: 'error',
      from: { path: '^adapters/([^/]+)/' },
      to: { path: '^adapters/', pathNot: ['^adapters/$1/', '^adapters/thread/'] },
    },
    {
      name: 'adapters-below-services',
      severity: 'error',
      from: { path: '^adapters/' },
      to: { path: [services, '^cli/', '^dashboard/', '^test/'] },
    },
    {
      name: 'profiles-are-data',
      severity: 'error',
      from: { path: '^profiles/' },
      to: { pathNot: ['^profiles/', '^core/', '^contracts/'] },
    },
    {
      name: 'services-stay-apart',
      severity: 'error',
      from: { path: '^(broker|ingest|alerting|settlement|api|simulators)/' },
      to: { path: services, pathNot: '^$1/' },
    },
    {
      name: 'services-take-ports',
      severity: 'error',
      from: { path: services, pathNot: '(/|\\.)main\\.ts$' },
      to: { path: '^adapters/' },
    },
    {
      name: 'nobody-imports-cli',
      severity: 'error',
      from: { pathNot: '^(cli|test|bench|prove|scripts)/' },
      to: { path: '^cli/' },
    },
    {
      name: 'dashboard-is-a-browser',
      severity: 'error',
      from: { path: '^dashboard/src/' },
      to: { path: '^(adapters|broker|ingest|alerting|settlement|api|simulators|cli|test)/' },
    },
    {
      name: 'product-not-test',
      severity: 'error',
      from: { pathNot: '^(test|bench|prove|scripts)/' },
      to: { path: '^(test|bench|prove)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.test.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'svelte', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.svelte', '.json'],
    },
  },
};
