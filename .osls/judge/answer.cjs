/**
 * What to say of a question that AWS did not answer. A deployment does not wait for it: what is wrong shows later, with
 * AWS's own words.
 * @param what was to be looked at
 * @param right that it takes
 */
exports.notKnown = function notKnown({ error }, { what, right }) {
  const why = /^AccessDenied|^UnauthorizedOperation$/.test(error) ? `these credentials lack ${right}` : error;
  return [{ note: `${what} was not looked at (${why}); the deployment goes on without that.` }];
};
