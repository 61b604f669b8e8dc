/** Cache keys are written in `queries.ts` only, where each begins with the tenant; elsewhere they come from its factories. */

/** Whether a value is written out on the spot, `as const` or not. */
export function isWrittenOut(value) {
  if (value.type === 'TSAsExpression') return isWrittenOut(value.expression);
  return ['ArrayExpression', 'Literal', 'TemplateLiteral'].includes(value.type);
}

export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: { literal: 'A literal queryKey belongs in queries.ts; use the feature’s key factory.' },
  },
  create(context) {
    if (/[\\/]queries\.ts$/.test(context.filename)) return {};
    return {
      Property(node) {
        const name = node.key.type === 'Identifier' ? node.key.name : node.key.value;
        if ((name === 'queryKey' || name === 'mutationKey') && isWrittenOut(node.value)) {
          context.report({ node: node.value, messageId: 'literal' });
        }
      },
    };
  },
};
