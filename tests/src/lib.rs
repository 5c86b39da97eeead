//! Nothing: the integration tests are in `it/`.
