"""Pure functions on text: normalisation, sentences, terms, language, mentions."""
