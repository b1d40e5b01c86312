//! Addresses of spot checks.

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
