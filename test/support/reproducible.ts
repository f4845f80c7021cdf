import fc from 'fast-check';

/** In CI the same examples every time, so that a red run is the change's; elsewhere new ones, to find what nobody thought of. */
if (process.env.CI) fc.configureGlobal({ seed: 20261124 });
