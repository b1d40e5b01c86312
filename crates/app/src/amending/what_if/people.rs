//! The people of whom a year says something, beside the columns of the units and following the trail as they do. They are far fewer than the units' answers, and what they are
//! judged by is partly their union's (the titles that it holds, its vetoes), so they lie there one by one, as an application is judged.

use std::{
    borrow::Cow,
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jianjia_domain::{
    core::{
        ids::{PersonId, UnitId},
        place::{UnitPlace, is_within},
    },
    year::assessment::kind_of,
};
use jianjia_standard::{
    Standard, judge::judge, judgement::Judgement, kinds::Kind, subject::Subject,
};
use jianjia_store::{
    amending::what_if::{
        self as what_ifs,
        people::{self, InYear},
    },
    core::{audit::feed::WrittenRow, db::Tx},
    register::unit,
    year::subject,
};
use jiff::civil::Date;

use crate::{
    amending::what_if::columns::blocking,
    core::{app::App, error::Result},
    year::assessment,
};

/// Those who applied in the year, or about whom its sheet says something.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    /// Unit by unit, in the order of the tree.
    all: Vec<Somebody>,
}

#[derive(Clone, Debug)]
pub(super) struct Somebody {
    pub(super) id: PersonId,
    pub(super) name: String,
    pub(super) unit: UnitPlace,
    /// Of the unit; a person's own where the unit is a federation that holds no title.
    pub(super) kind: Kind,
    /// The titles that they applied for.
    pub(super) applied: BTreeSet<String>,
    subject: Subject,
    /// What the year's own standard says of them.
    judged: Judgement,
}

impl People {
    pub(super) fn at(&self, place: usize) -> &Somebody {
        &self.all[place]
    }

    /// Those of the units at or below a path, each with their place here.
    pub(super) fn within<'a>(
        &'a self,
        path: &'a str,
    ) -> impl Iterator<Item = (usize, &'a Somebody)> {
        let all = self.all.iter().enumerate();
        all.filter(move |(_, somebody)| is_within(&somebody.unit.path, path))
    }
}

impl Somebody {
    /// What a standard says of them; none stands for the year's own.
    pub(super) fn judged(&self, by: Option<&Standard>, as_of: Date) -> Cow<'_, Judgement> {
        match by {
            Some(standard) => Cow::Owned(judge(standard, &self.subject, as_of)),
            None => Cow::Borrowed(&self.judged),
        }
    }
}

/// All of a year.
pub(super) async fn all(tx: &mut Tx, app: &App, year: i16, as_of: Date) -> Result<People> {
    let found = people::of_year(tx, year).await?;
    let all = read(tx, app, found, (year, as_of)).await?;
    Ok(People { all })
}

/// What two standards say of the people of a year, each read as it asks.
pub(in crate::amending) async fn by_both(
    tx: &mut Tx,
    (before, after): (&App, &App),
    year: i16,
    as_of: Date,
) -> Result<Vec<(PersonId, Judgement, Judgement)>> {
    let was = all(tx, before, year, as_of).await?;
    let is = all(tx, after, year, as_of).await?;
    let mut is: HashMap<PersonId, Judgement> = is
        .all
        .into_iter()
        .map(|somebody| (somebody.id, somebody.judged))
        .collect();
    let both = was.all.into_iter().filter_map(|somebody| {
        let after = is.remove(&somebody.id)?;
        Some((somebody.id, somebody.judged, after))
    });
    Ok(both.collect())
}

/// Reads those anew whom written rows are about. `None` where that can't be told.
pub(super) async fn followed(
    tx: &mut Tx,
    app: &App,
    mut known: Arc<People>,
    rows: &[WrittenRow],
    of_year: (i16, Date),
) -> Result<Option<Arc<People>>> {
    let Some(about) = people::about(tx, rows).await? else {
        return Ok(None);
    };
    let changed: Vec<UnitId> = about.units.iter().copied().collect();
    let changed = unit::places(tx, &changed).await?;
    let mut units = about.of_people;
    // Somebody of a unit that is there again wasn't known.
    units.extend(&about.units);
    for somebody in &known.all {
        let is_below = |place: &UnitPlace| is_within(&somebody.unit.path, &place.path);
        // They may have been known at another unit.
        if about.people.contains(&somebody.id) || changed.iter().any(is_below) {
            units.insert(somebody.unit.id);
        }
    }
    if units.is_empty() {
        return Ok(Some(known));
    }
    let asked: Vec<UnitId> = units.iter().copied().collect();
    let found = people::of_units(tx, &asked, of_year.0).await?;
    let anew = read(tx, app, found, of_year).await?;
    let of_others = |somebody: &Somebody| !units.contains(&somebody.unit.id);
    if anew.is_empty() && known.all.iter().all(of_others) {
        return Ok(Some(known));
    }
    // Whoever still looks at the old ones keeps them.
    let now = Arc::make_mut(&mut known);
    now.all.retain(of_others);
    now.all.extend(anew);
    in_order(&mut now.all);
    Ok(Some(known))
}

/// Everything known of them, gathered as for an application; those who left their unit, and those of a unit that was closed, are left out.
async fn read(
    tx: &mut Tx,
    app: &App,
    found: Vec<InYear>,
    (year, as_of): (i16, Date),
) -> Result<Vec<Somebody>> {
    let units: BTreeSet<UnitId> = found.iter().map(|one| one.unit).collect();
    let active = what_ifs::active(tx, &units.into_iter().collect::<Vec<_>>()).await?;
    let active: Vec<UnitId> = active.into_iter().collect();
    let places = unit::places(tx, &active).await?;
    let places: HashMap<UnitId, UnitPlace> =
        places.into_iter().map(|place| (place.id, place)).collect();
    let ids: BTreeSet<PersonId> = found.iter().map(|one| one.person).collect();
    let ids: Vec<PersonId> = ids.into_iter().collect();
    let names: HashMap<PersonId, String> = subject::people(tx, &ids)
        .await?
        .into_iter()
        .map(|person| (person.id, person.name))
        .collect();
    let asked: Vec<((UnitId, PersonId), Date)> = found
        .iter()
        .map(|one| ((one.unit, one.person), as_of))
        .collect();
    let mut gathered = assessment::gather_people(tx, app, &asked, year).await?;
    let standard = Arc::clone(app.standards.of(year));
    blocking(move || {
        let somebody = |one: InYear| {
            let subject = gathered.remove(&(one.unit, one.person, as_of))?;
            let unit = places.get(&one.unit)?.clone();
            Some(Somebody {
                id: one.person,
                name: names.get(&one.person)?.clone(),
                kind: kind_of(unit.kind).unwrap_or(Kind::Person),
                unit,
                applied: one.applied,
                judged: judge(&standard, &subject, as_of),
                subject,
            })
        };
        let mut all: Vec<Somebody> = found.into_iter().filter_map(somebody).collect();
        in_order(&mut all);
        Ok(all)
    })
    .await
}

fn in_order(all: &mut [Somebody]) {
    all.sort_by(|one, other| {
        let by_place = one.unit.path.cmp(&other.unit.path);
        by_place
            .then_with(|| one.name.cmp(&other.name))
            .then_with(|| one.id.cmp(&other.id))
    });
}
