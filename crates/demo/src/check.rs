pub mod spot_check;
