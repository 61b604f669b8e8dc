/** Our own rules, as a plugin of the linter. */
import queryKeys from './query-keys.js';
import zones from './zones.js';

export default { meta: { name: 'storekeep' }, rules: { zones, 'query-keys': queryKeys } };
