//! The titles that were due to be looked at again in a year: nearly all of them were, in spring, by the federation that is in charge of their holders.

use std::cmp::Reverse;

use anyhow::Result;
use jianjia_app::exchange::founding::city::CityFounding;
use jianjia_domain::{
    core::{
        ids::{AccountId, HonourId},
        place::{UnitKind, UnitPlace},
        policy::Role,
    },
    office::account::Account,
};
use jiff::civil::{Date, date};

use crate::core::day::morning;

/// One title of so many is left for later: its holder has to be seen first.
const LEFT: u128 = 45;

/// The day on which the federations have looked through their lists.
fn day_of(year: i16) -> Date {
    date(year, 5, 22)
}

/// What the federations renew in a year.
pub struct Renewing {
    year: i16,
    /// The federations, the lower ones first, each with whoever approves there.
    by: Vec<(UnitPlace, AccountId, String)>,
}

impl Renewing {
    /// Of a year whose day is over; before, there is nothing yet.
    pub fn of(accounts: &[Account], year: i16, today: Date) -> Option<Renewing> {
        if day_of(year) >= today {
            return None;
        }
        let mut by = Vec::new();
        for account in accounts {
            let held = account.roles.iter().find(|held| {
                held.role == Role::Approver
                    && matches!(
                        held.unit.kind,
                        UnitKind::City | UnitKind::District | UnitKind::Industry
                    )
            });
            if let Some(held) = held {
                by.push((held.unit.clone(), account.id, account.name.clone()));
            }
        }
        by.sort_by_key(|(office, ..)| Reverse(office.path.len()));
        Some(Renewing { year, by })
    }

    /// # Errors
    /// When the database can't be written.
    pub async fn write(self, founding: &mut CityFounding) -> Result<()> {
        let at = morning(day_of(self.year));
        let note = "经逐户复核，各项条件仍然具备";
        let is_left = |id: &HonourId| id.0.as_u128().is_multiple_of(LEFT);
        Ok(founding
            .renewals(self.year, &self.by, (at, note), is_left)
            .await?)
    }
}
