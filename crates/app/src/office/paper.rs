//! Papers of the office. They are made by acts, of codes that are known at that moment alone, and are of no address.

pub mod invitations;
