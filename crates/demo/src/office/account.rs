//! The accounts to try, one for every role and one for every part of the story. They share a password, which is shown.

use anyhow::Result;
use argon2::{Argon2, PasswordHasher, password_hash::phc::PasswordHash};
use jianjia_domain::{
    core::{
        ids::AccountId,
        place::UnitKind,
        policy::{Role, RoleAt},
    },
    office::account::{Account, AccountState, NameSource},
};
use jianjia_standard::{kinds::Post, programme::Department};
use jiff::Timestamp;

use crate::core::city::{City, Ids};

/// The password of every account of the demo.
pub const PASSWORD: &str = "jianjia-demo";

/// Who answers for the tax office.
const OF_TAX: &str = "demo.department";

/// The login of the account that answers for a department: one is told, the others are not.
pub fn login_of(department: &str) -> String {
    match department {
        "tax" => OF_TAX.to_owned(),
        other => format!("department.{other}"),
    }
}

/// The people who answer for departments, by their names.
const ANSWERERS: [&str; 11] = [
    "钱建华",
    "孙美玲",
    "周国强",
    "吴晓东",
    "郑丽华",
    "王海波",
    "冯雪梅",
    "陈志远",
    "褚卫平",
    "卫春燕",
    "蒋文斌",
];

/// The accounts that answer for departments, with the department of each.
pub fn of_departments(
    city: &City,
    departments: &[Department],
    ids: &Ids,
    made_at: Timestamp,
) -> Vec<(Account, String)> {
    let names = ANSWERERS.iter().cycle();
    let each = departments.iter().zip(names);
    each.map(|(department, name)| {
        let account = Account {
            id: AccountId(ids.next()),
            login: login_of(&department.key),
            name: (*name).to_owned(),
            person: None,
            state: AccountState::Active,
            must_change: false,
            has_password: true,
            telephone: String::new(),
            mail: String::new(),
            name_source: NameSource::Given,
            created_at: made_at,
            roles: vec![RoleAt {
                role: Role::Department,
                unit: city.units[city.cast.city].place(),
            }],
        };
        (account, department.key.clone())
    })
    .collect()
}

/// An account of the demo, as it is told to people.
#[derive(Clone, Copy, Debug)]
pub struct DemoAccount {
    pub login: &'static str,
    /// What to try with it.
    pub zh: &'static str,
    pub en: &'static str,
}

/// All of them, in the order in which the story meets them.
pub const ACCOUNTS: &[DemoAccount] = &[
    DemoAccount {
        login: "demo.chair",
        zh: "基层工会主席（常州恒远机械，离模范职工之家一步）",
        en: "Chair of a grassroots union one step from the model home",
    },
    DemoAccount {
        login: "demo.clerk",
        zh: "同一家工会的经办人：填表、记活动、传材料",
        en: "Clerk of the same union: sheet, activities, evidence",
    },
    DemoAccount {
        login: "demo.township",
        zh: "天宁街道总工会的审核、审批人",
        en: "Reviewer and approver of its subdistrict federation",
    },
    DemoAccount {
        login: "demo.district-reviewer",
        zh: "天宁区总工会的审核人",
        en: "Reviewer of the Tianning district federation",
    },
    DemoAccount {
        login: "demo.district",
        zh: "天宁区总工会的审批人：评定、推荐",
        en: "Approver of the Tianning district federation: decides and recommends",
    },
    DemoAccount {
        login: "demo.industry",
        zh: "市机械冶金工会联合会的审批人",
        en: "Approver of an industry federation",
    },
    DemoAccount {
        login: "demo.city-reviewer",
        zh: "市总工会的审核人",
        en: "Reviewer of the city federation",
    },
    DemoAccount {
        login: "demo.city",
        zh: "市总工会的审批人：名额、否决、命名",
        en: "Approver of the city federation: quotas, vetoes, naming",
    },
    DemoAccount {
        login: "demo.auditor",
        zh: "市总工会的审计员：查办理留痕",
        en: "Auditor of the city federation: reads the trail",
    },
    DemoAccount {
        login: "demo.administrator",
        zh: "市总工会的管理员：账号和登记",
        en: "Administrator: accounts and register",
    },
    DemoAccount {
        login: "demo.vetoed-chair",
        zh: "被一票否决单位的工会主席（常州宏泰化工，拖欠工资）",
        en: "Chair of a union that is vetoed this year (wages owed)",
    },
    DemoAccount {
        login: "demo.vetoed-worker",
        zh: "同一单位的普通工会工作者：不受否决影响",
        en: "Ordinary union worker of the same unit, whom the veto does not bar",
    },
    DemoAccount {
        login: "demo.zone-chair",
        zh: "钟楼经济开发区总工会的主席和经办：联合会自己也建家，正在测评",
        en: "Chair of a development zone federation, which builds a home of its own and is voting on it",
    },
    DemoAccount {
        login: OF_TAX,
        zh: "税务部门的答复人：只有一页，答复发来的清单",
        en: "Answers for the tax office: one page, the list sent to it",
    },
];

/// The unit, the roles there, and the post of the person behind the account.
pub fn seat_of(city: &City, login: &str) -> (usize, &'static [Role], Post) {
    let cast = &city.cast;
    match login {
        "demo.chair" => (cast.union, &[Role::Chair], Post::Chair),
        "demo.clerk" => (cast.union, &[Role::Clerk], Post::Worker),
        "demo.township" => (
            cast.township,
            &[Role::Approver, Role::Reviewer],
            Post::Social,
        ),
        "demo.district-reviewer" => (cast.tianning, &[Role::Reviewer], Post::Officer),
        "demo.district" => (cast.tianning, &[Role::Approver], Post::Officer),
        "demo.industry" => (
            cast.industry,
            &[Role::Approver, Role::Reviewer],
            Post::Officer,
        ),
        "demo.city-reviewer" => (cast.city, &[Role::Reviewer], Post::Officer),
        "demo.city" => (cast.city, &[Role::Approver], Post::Officer),
        "demo.auditor" => (cast.city, &[Role::Auditor], Post::Officer),
        "demo.vetoed-chair" => (cast.vetoed, &[Role::Chair], Post::Chair),
        "demo.vetoed-worker" => (cast.vetoed, &[Role::Clerk], Post::Worker),
        "demo.zone-chair" => (cast.zone, &[Role::Chair, Role::Clerk], Post::Chair),
        _ => (cast.city, &[Role::Administrator], Post::Officer),
    }
}

/// The accounts as they are kept. Behind each is a person of its unit, if one of the post is left. The districts and industries that the story doesn't
/// meet have an approver each, too, who is not told.
pub fn accounts(city: &City, ids: &Ids, made_at: Timestamp) -> Vec<Account> {
    let mut accounts = told(city, ids, made_at);
    let of_story = [city.cast.tianning, city.cast.industry];
    for (index, unit) in city.units.iter().enumerate() {
        let decides = matches!(unit.kind, UnitKind::District | UnitKind::Industry);
        if !decides || of_story.contains(&index) {
            continue;
        }
        let mut people = city.people.iter().filter(|person| person.unit == index);
        let Some(officer) = people.find(|person| person.post == Post::Officer) else {
            continue;
        };
        accounts.push(Account {
            id: AccountId(ids.next()),
            login: format!("approver.{}", unit.number),
            name: officer.name.clone(),
            person: Some(officer.id),
            state: AccountState::Active,
            must_change: false,
            has_password: true,
            telephone: String::new(),
            mail: String::new(),
            name_source: NameSource::Given,
            created_at: made_at,
            roles: vec![RoleAt {
                role: Role::Approver,
                unit: unit.place(),
            }],
        });
    }
    accounts
}

fn told(city: &City, ids: &Ids, made_at: Timestamp) -> Vec<Account> {
    let mut taken = Vec::new();
    ACCOUNTS
        .iter()
        // Departments are nobody of a union: `of_departments`.
        .filter(|account| account.login != OF_TAX)
        .map(|account| {
            let (index, roles, post) = seat_of(city, account.login);
            let person = city.people.iter().find(|person| {
                person.unit == index && person.post == post && !taken.contains(&person.id)
            });
            taken.extend(person.map(|person| person.id));
            let unit = city.units[index].place();
            Account {
                id: AccountId(ids.next()),
                login: account.login.to_owned(),
                name: person.map_or_else(|| account.login.to_owned(), |person| person.name.clone()),
                person: person.map(|person| person.id),
                state: AccountState::Active,
                must_change: false,
                has_password: true,
                telephone: String::new(),
                mail: String::new(),
                name_source: NameSource::Given,
                created_at: made_at,
                roles: roles
                    .iter()
                    .map(|role| RoleAt {
                        role: *role,
                        unit: unit.clone(),
                    })
                    .collect(),
            }
        })
        .collect()
}

/// One hash for all demo accounts: the password is public, so its salt may be too.
///
/// # Errors
/// When it can't be worked out.
pub fn password_hash() -> Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(PASSWORD.as_bytes(), b"jianjia demo city")
        .map_err(|error| anyhow::anyhow!("the demo's password could not be hashed: {error}"))?;
    Ok(hash.to_string())
}
