//! Everything known of people, gathered with the same number of queries for one and for a thousand.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jianjia_domain::{
    core::{
        ids::{PersonId, UnitId},
        place::{UnitKind, UnitPlace, paths_above},
    },
    year::statement,
};
use jianjia_standard::{
    Standard,
    kinds::Kind,
    subject::{HeldTitle, Subject, UnionOfPerson, VetoState},
};
use jianjia_store::{
    core::db::Tx,
    register::unit,
    year::{statement as statements, subject},
};
use jiff::civil::Date;

use super::{known_vetoes, span, titles_as_of};
use crate::core::{app::App, error::Result};

/// Everything known of people of units, each as of its day; people who have left their unit are left out.
pub(crate) async fn gather_people(
    tx: &mut Tx,
    app: &App,
    asked: &[((UnitId, PersonId), Date)],
    year: i16,
) -> Result<HashMap<(UnitId, PersonId, Date), Subject>> {
    let standard = app.standards.of(year);
    let Some((_, latest)) = span(asked) else {
        return Ok(HashMap::new());
    };
    let ids: BTreeSet<PersonId> = asked.iter().map(|((_, person), _)| *person).collect();
    let ids: Vec<PersonId> = ids.into_iter().collect();
    let people = subject::people(tx, &ids).await?;
    let units: BTreeSet<UnitId> = asked.iter().map(|((unit, _), _)| *unit).collect();
    let units: Vec<UnitId> = units.into_iter().collect();
    let own = unit::places(tx, &units).await?;
    let unions = Unions::read(tx, &own, latest).await?;
    let titles = subject::titles_of_people(tx, &ids, latest).await?;
    let facts = statements::facts_of_people(tx, &units, year).await?;
    let people: HashMap<(UnitId, PersonId), &subject::PersonFacts> = people
        .iter()
        .map(|person| ((person.unit, person.id), person))
        .collect();
    let own: HashMap<UnitId, &UnitPlace> = own.iter().map(|place| (place.id, place)).collect();
    let mut gathered = HashMap::with_capacity(asked.len());
    for ((unit_id, person_id), as_of) in asked {
        let (Some(person), Some(place)) = (people.get(&(*unit_id, *person_id)), own.get(unit_id))
        else {
            continue;
        };
        let mut found = Subject::unknown(person_id.to_string(), Kind::Person);
        found.post = Some(person.post);
        if let Some(facts) = facts.get(&(*unit_id, *person_id)) {
            found.facts = statement::known(standard, facts);
        }
        found.titles = titles_as_of(standard, titles.get(person_id), *as_of);
        found.union = Some(unions.of(standard, place, *as_of));
        gathered.insert((*unit_id, *person_id, *as_of), found);
    }
    Ok(gathered)
}

/// The units that people belong to and those above them, with what people have through their union.
struct Unions {
    places: BTreeMap<String, UnitPlace>,
    vetoes: HashMap<UnitId, Vec<VetoState>>,
    titles: HashMap<UnitId, Vec<(Date, HeldTitle)>>,
}

impl Unions {
    async fn read(tx: &mut Tx, own: &[UnitPlace], latest: Date) -> Result<Unions> {
        let above = unit::above_any(tx, own.iter().map(|place| place.path.as_str())).await?;
        let places: BTreeMap<String, UnitPlace> = own
            .iter()
            .cloned()
            .chain(above)
            .map(|place| (place.path.clone(), place))
            .collect();
        let bearers: Vec<UnitId> = places.values().map(|place| place.id).collect();
        let vetoes = subject::vetoes(tx, &bearers).await?;
        let titles = subject::titles(tx, &bearers, latest).await?;
        Ok(Unions {
            places,
            vetoes,
            titles,
        })
    }

    /// The person's own union: the unit itself, or the grassroots union that a branch belongs to.
    fn of(&self, standard: &Standard, unit: &UnitPlace, as_of: Date) -> UnionOfPerson {
        let mut union = UnionOfPerson::default();
        let above = paths_above(&unit.path);
        for path in std::iter::once(unit.path.as_str()).chain(above) {
            let Some(place) = self.places.get(path) else {
                continue;
            };
            let of_place = self.vetoes.get(&place.id).into_iter().flatten();
            union.vetoes.extend(known_vetoes(standard, of_place));
            if place.kind != UnitKind::Branch {
                union.titles = titles_as_of(standard, self.titles.get(&place.id), as_of);
                break;
            }
        }
        union
    }
}
