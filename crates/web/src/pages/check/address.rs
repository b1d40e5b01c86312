//! Addresses of spot checks.

use jianjia_domain::core::ids::VisitId;

/// A visit: the file and what was noted on it, or what it came to.
pub fn visit(visit: &VisitId) -> String {
    format!("/visits/{visit}")
}

/// The titles that are due to be looked at again.
pub const RENEWALS: &str = "/renewals";

/// The plaques that are to come back.
pub const PLAQUES: &str = "/plaques";

/// A year's check, for everybody.
pub fn public(year: i16) -> String {
    format!("/checks/{year}")
}

/// A year's check, for the city's office.
pub fn office(year: i16) -> String {
    format!("/spot-checks/{year}")
}

/// The frame of a year with the risk of each unit; `stratum` may be empty.
pub fn frame(year: i16, stratum: &str) -> String {
    let path = format!("/spot-checks/{year}/frame");
    match stratum {
        "" => path,
        stratum => format!("{path}?stratum={stratum}"),
    }
}
