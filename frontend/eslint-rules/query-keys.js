/** Cache keys are written in `queries.ts` only, where each begins with the tenant; elsewhere they come from its factories. */
export default {
  meta: {
    type: 'problem',
    schema: [],
    messages: { literal: 'A literal queryKey belongs in queries.ts; use the feature’s key factory.' },
  },
  create(context) {
    if (/[\\/]queries\.ts$/.test(context.filename)) return {};
    const literal = (value) => {
      if (value.type === 'TSAsExpression') return literal(value.expression);
      return value.type === 'ArrayExpression' || value.type === 'Literal' || value.type === 'TemplateLiteral';
    };
    return {
      Property(node) {
        const name = node.key.type === 'Identifier' ? node.key.name : node.key.value;
        if ((name === 'queryKey' || name === 'mutationKey') && literal(node.value)) {
          context.report({ node: node.value, messageId: 'literal' });
        }
      },
    };
  },
};
