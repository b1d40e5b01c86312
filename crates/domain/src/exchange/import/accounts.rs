//! A table of accounts: who is new, whom the table says anew how to reach, and which rows can't be taken. An account is known by its union, its role and
//! its owner's name.

use std::collections::{HashMap, HashSet};

use jianjia_standard::Text;

use crate::{
    core::{
        ids::{AccountId, UnitId},
        policy::{self, Role},
        text::{form::of_name, line},
    },
    exchange::import::{
        ImportColumn, ImportRow,
        accounts::refusal::AccountRowRefusal,
        fate::{ImportReport, Outcome, Reasons, RowFate, Written, repeated},
        unit::{Names, unit_of},
    },
    office::{
        account::{self, AccountRefusal, login},
        invitation::logins,
    },
    register::{
        person::{Person, not_one_person},
        unit::{Unit, form::phone, refusal::UnitRefusal},
    },
};

pub mod refusal;

/// What importing the table does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    pub report: ImportReport,
    pub new: Vec<NewAccount>,
    /// The account, its telephone and its mail address.
    pub changed: Vec<(AccountId, String, String)>,
}

/// An account to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccount {
    /// The place in the units.
    pub unit: usize,
    pub role: Role,
    pub name: String,
    /// The place in the people, of one whom the register has in the unit.
    pub person: Option<usize>,
    pub login: String,
    pub telephone: String,
    pub mail: String,
}

/// An account that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub account: AccountId,
    pub unit: UnitId,
    pub role: Role,
    pub name: String,
    pub telephone: String,
    pub mail: String,
    pub is_active: bool,
}

/// What the rows are decided by.
pub struct Register<'a> {
    /// The living units within reach.
    pub units: &'a [Unit],
    /// Those in post in them.
    pub people: &'a [Person],
    /// Who has an account in them.
    pub known: &'a [Known],
    /// Which of the logins of [`asked`] somebody has, anywhere.
    pub taken: &'a HashSet<String>,
    /// Whose the telephone numbers of the table are, anywhere: the account and its owner's name.
    pub telephones: &'a HashMap<String, (AccountId, String)>,
}

/// The columns, with the words shown and whether they must be there.
pub fn columns() -> Vec<ImportColumn> {
    let mut columns = [
        ("name", "姓名", "Name", true),
        ("unit", "所在工会", "Union", true),
        ("role", "角色", "Role", true),
        ("telephone", "手机", "Telephone", false),
        ("mail", "邮箱", "Mail", false),
        ("login", "用户名", "User name", false),
    ]
    .map(|(key, zh, en, is_required)| ImportColumn::new(key, zh, en, is_required))
    .to_vec();
    for (key, words) in [
        ("unit", &["工会", "工会名称", "单位", "所属工会"][..]),
        ("role", &["身份", "职务"]),
        ("telephone", &["手机号", "手机号码", "电话", "联系电话"]),
        ("mail", &["电子邮箱", "邮件"]),
        ("login", &["登录名", "账号"]),
    ] {
        let column = columns.iter_mut().find(|column| *column.key == *key);
        if let Some(column) = column {
            column.also = words.iter().map(|word| (*word).to_owned()).collect();
        }
    }
    ImportColumn::with_own(columns, &["name", "telephone", "mail", "login"])
}

/// The role that a cell means, by key or word.
pub fn role_of(typed: &str) -> Option<Role> {
    let form = of_name(typed);
    Role::AT_UNITS
        .into_iter()
        .find(|role| role.key() == form || of_name(role.word()) == form)
        .or(match form.as_str() {
            "主席" => Some(Role::Chair),
            "经办" => Some(Role::Clerk),
            "审核" | "审核员" => Some(Role::Reviewer),
            "审批" | "审批员" => Some(Role::Approver),
            "审计" | "审计人" => Some(Role::Auditor),
            _ => None,
        })
}

/// Every login and telephone number that the table may give to somebody: whether they are free is looked up for all at once.
pub fn asked(rows: &[ImportRow], units: &[Unit]) -> (Vec<String>, Vec<String>) {
    let names = Names::of(units);
    let (mut wanted, mut telephones) = (HashSet::new(), HashSet::new());
    for row in rows {
        let telephone = login::telephone(row.get("telephone"));
        let role = role_of(row.get("role"));
        let unit = names.meant(row.get("unit")).ok();
        let of_unit = unit.zip(role).into_iter().flat_map(|(unit, role)| {
            let telephone = telephone.as_deref();
            logins(&units[unit], role, telephone)
        });
        let typed = [row.get("login"), row.get("name")];
        let typed = typed
            .into_iter()
            .filter_map(|typed| login::read(typed).ok());
        for login in of_unit.chain(typed).chain(telephone.clone()) {
            wanted.extend(login::further(&login).take(OFFERED));
            wanted.insert(login);
        }
        telephones.extend(telephone);
    }
    (
        wanted.into_iter().collect(),
        telephones.into_iter().collect(),
    )
}

/// How many further logins are looked up for each that may be taken.
const OFFERED: usize = 4;

/// Decides about every row.
pub fn plan(rows: &[ImportRow], register: &Register<'_>) -> Plan {
    let mut planner = Planner::new(register);
    let mut report = ImportReport::default();
    for (index, row) in rows.iter().enumerate() {
        let mut written = Written::default();
        let mut reasons = Reasons::of(&planner.columns, row);
        let read = planner.read(row, &mut reasons);
        let outcome = match read.filter(|_| reasons.is_empty()) {
            None => reasons.outcome(),
            Some(read) => {
                let key = (read.unit, read.role.key(), of_name(&read.name));
                match planner.seen.get(&key) {
                    Some(earlier) => repeated(
                        &planner.columns,
                        (&rows[*earlier], row),
                        &["unit", "role", "name"],
                    ),
                    None => {
                        planner.seen.insert(key, index);
                        let outcome = planner.decide(&read);
                        if matches!(outcome, Outcome::New | Outcome::Changed { .. }) {
                            let is_new = outcome == Outcome::New;
                            written = planner.written(row, &read, is_new);
                        }
                        outcome
                    }
                }
            }
        };
        let name = line(row.get("name"));
        report
            .rows
            .push(RowFate::of(row, name, outcome).writing(written));
    }
    Plan {
        report,
        ..planner.plan
    }
}

struct Planner<'a> {
    columns: Vec<ImportColumn>,
    register: &'a Register<'a>,
    names: Names<'a>,
    /// The places of the accounts of each unit.
    of_unit: HashMap<UnitId, Vec<usize>>,
    /// The places of the people by unit and name.
    people: HashMap<(UnitId, String), usize>,
    /// The logins that somebody has or an earlier row takes.
    taken: HashSet<String>,
    /// The numbers of earlier rows, with their owners' names.
    telephones: HashMap<String, String>,
    /// The chairs of earlier rows.
    chairs: HashMap<usize, String>,
    seen: HashMap<(usize, &'static str, String), usize>,
    plan: Plan,
}

/// A row that can be read.
struct Read {
    unit: usize,
    role: Role,
    name: String,
    telephone: String,
    mail: String,
    /// Empty when the table says none.
    login: String,
}

impl<'a> Planner<'a> {
    fn new(register: &'a Register<'a>) -> Planner<'a> {
        let mut of_unit: HashMap<UnitId, Vec<usize>> = HashMap::new();
        for (place, known) in register.known.iter().enumerate() {
            of_unit.entry(known.unit).or_default().push(place);
        }
        let people = register.people.iter().enumerate();
        let people = people.map(|(place, person)| {
            let name = of_name(&person.details.name);
            ((person.unit_id, name), place)
        });
        Planner {
            columns: columns(),
            people: people.collect(),
            register,
            names: Names::of(register.units),
            of_unit,
            taken: register.taken.clone(),
            telephones: HashMap::new(),
            chairs: HashMap::new(),
            seen: HashMap::new(),
            plan: Plan::default(),
        }
    }

    fn read(&self, row: &ImportRow, reasons: &mut Reasons) -> Option<Read> {
        let columns = &self.columns;
        let unit = unit_of(columns, "unit", row, &self.names, reasons);
        let role = role_of(row.get("role"));
        if role.is_none() {
            let typed = line(row.get("role"));
            reasons.add(
                columns,
                "role",
                &AccountRowRefusal::NoSuchRole { typed }.into(),
            );
        }
        let name = line(row.get("name"));
        if let Err(refusal) = account::name(&name) {
            reasons.add(columns, "name", &refusal.into());
        } else if let Some(refusal) = not_one_person(&name) {
            reasons.add(columns, "name", &refusal.into());
        }
        let telephone = match row.get("telephone") {
            "" => String::new(),
            typed => phone(typed)
                .map(|plain| login::telephone(&plain).unwrap_or(plain))
                .unwrap_or_else(|| {
                    reasons.add(
                        columns,
                        "telephone",
                        &UnitRefusal::NotAPhone {
                            typed: typed.to_owned(),
                        }
                        .into(),
                    );
                    String::new()
                }),
        };
        let mail = account::login::mail(row.get("mail")).unwrap_or_else(|refusal| {
            reasons.add(columns, "mail", &refusal.into());
            String::new()
        });
        let login = match row.get("login") {
            "" => String::new(),
            typed => login::read(typed).unwrap_or_else(|refusal| {
                reasons.add(columns, "login", &refusal.into());
                String::new()
            }),
        };
        Some(Read {
            unit: unit?,
            role: role?,
            name,
            telephone,
            mail,
            login,
        })
    }

    fn decide(&mut self, read: &Read) -> Outcome {
        let unit = &self.register.units[read.unit];
        let here = self.of_unit.get(&unit.id).map_or(&[][..], Vec::as_slice);
        let known = || here.iter().map(|place| &self.register.known[*place]);
        let same = known()
            .find(|known| known.role == read.role && of_name(&known.name) == of_name(&read.name));
        if let Some(known) = same {
            let telephone = said(&read.telephone, &known.telephone);
            let mail = said(&read.mail, &known.mail);
            let fields: Vec<Text> = [
                (telephone != known.telephone, "手机", "Telephone"),
                (mail != known.mail, "邮箱", "Mail"),
            ]
            .into_iter()
            .filter(|(is_changed, ..)| *is_changed)
            .map(|(_, zh, en)| Text {
                zh: zh.to_owned(),
                en: en.to_owned(),
            })
            .collect();
            if fields.is_empty() {
                return Outcome::Unchanged;
            }
            let changed = (known.account, telephone.to_owned(), mail.to_owned());
            self.plan.changed.push(changed);
            return Outcome::Changed { fields };
        }
        let mut reasons = Reasons::default();
        if read.role == Role::Chair {
            let chair = known()
                .find(|known| known.role == Role::Chair && known.is_active)
                .map(|known| known.name.clone())
                .or_else(|| self.chairs.get(&read.unit).cloned());
            if let Some(chair) = chair {
                let refusal = AccountRowRefusal::ChairHasAccount { chair };
                reasons.add(&self.columns, "role", &refusal.into());
            }
        }
        if !read.telephone.is_empty() {
            let of_others = self.register.telephones.get(&read.telephone);
            let holder = of_others
                .map(|(_, name)| name)
                .or_else(|| self.telephones.get(&read.telephone));
            if let Some(holder) = holder {
                let refusal = AccountRowRefusal::TelephoneTaken {
                    holder: holder.clone(),
                    is_same: of_name(holder) == of_name(&read.name),
                };
                reasons.add(&self.columns, "telephone", &refusal.into());
            }
        }
        let login = self.login(read, unit, &mut reasons);
        if !reasons.is_empty() {
            return reasons.outcome();
        }
        self.taken.insert(login.clone());
        if read.role == Role::Chair {
            self.chairs.insert(read.unit, read.name.clone());
        }
        if !read.telephone.is_empty() {
            let telephone = read.telephone.clone();
            self.telephones.insert(telephone, read.name.clone());
        }
        let named = (unit.id, of_name(&read.name));
        let person = self.people.get(&named).copied();
        self.plan.new.push(NewAccount {
            unit: read.unit,
            role: read.role,
            name: read.name.clone(),
            person,
            login,
            telephone: read.telephone.clone(),
            mail: read.mail.clone(),
        });
        Outcome::New
    }

    /// The login of a new account: the table's own, which nobody may have; else the first that is free of a chair's credit code, the telephone, the name.
    fn login(&self, read: &Read, unit: &Unit, reasons: &mut Reasons) -> String {
        if !read.login.is_empty() {
            if self.taken.contains(&read.login) {
                let mut further = login::further(&read.login);
                let free = further.find(|login| !self.taken.contains(login));
                let refusal = AccountRefusal::LoginNear {
                    login: read.login.clone(),
                    free: free.unwrap_or_default(),
                };
                reasons.add(&self.columns, "login", &refusal.into());
            }
            return read.login.clone();
        }
        let telephone = Some(read.telephone.as_str()).filter(|number| !number.is_empty());
        let is_the_union_s = matches!(read.role, Role::Chair | Role::Clerk);
        let mut wanted: Vec<String> = telephone.map(str::to_owned).into_iter().collect();
        if is_the_union_s {
            wanted = logins(unit, read.role, telephone);
            // The name says more than the union's number.
            wanted.pop();
        }
        wanted.extend(login::read(&read.name).ok());
        let free = wanted.iter().find(|login| !self.taken.contains(*login));
        free.cloned().unwrap_or_else(|| {
            let name = wanted.last().map_or("gh", String::as_str);
            let mut further = login::further(name);
            let free = further.find(|login| !self.taken.contains(login));
            free.unwrap_or_default()
        })
    }

    /// What the row writes, as it will be kept.
    fn written(&self, row: &ImportRow, read: &Read, is_new: bool) -> Written {
        let mut written = Written::default();
        let unit = &self.register.units[read.unit];
        written.text(row, "unit", &unit.details.name);
        let role = read.role;
        let (zh, en) = if policy::is_guarded(role) {
            (
                format!("{}（要另一位管理员确认）", role.word()),
                format!("{} (another administrator confirms)", role.key()),
            )
        } else {
            (role.word().to_owned(), role.key().to_owned())
        };
        written.words(row, "role", Text { zh, en });
        if !read.telephone.is_empty() {
            written.text(row, "telephone", &read.telephone);
        }
        if let Some(new) = self.plan.new.last().filter(|_| is_new) {
            written.text(row, "login", &login::shown(&new.login));
        }
        written
    }
}

/// What a cell says, or what is known where it says nothing.
fn said<'t>(typed: &'t str, known: &'t str) -> &'t str {
    if typed.is_empty() { known } else { typed }
}
