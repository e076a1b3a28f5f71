/** How a person uses the access, in a sentence for them. */
export const use = (): string => 'Open a session with the button, as often as you need.';
