pub mod renewal;
pub mod spot_check;
pub mod visit;
