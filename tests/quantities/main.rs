//! Quantities that are measured on request, against plain sums over all pairs of responses.

mod columns;
mod dead_responses;
mod describe;
mod gains;
mod labels;
mod named;
mod noise;
mod own_step;
mod plain_step;
mod sums;
