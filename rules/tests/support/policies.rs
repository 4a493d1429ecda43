//! The rule table as policies of two other engines: JSONLogic and Rego. Both read one document of facts and
//! parameters, in which sets are lists of numbers and what is not set is left out.

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::RegoVM;
use rules::facts::{Fact, Facts};
use rules::parameters::Parameter;
use rules::rule::{CAMERA_RULES, Expr, Rule, Term, Values};
use rules::rulebook::CameraParameters;
use serde_json::{Value, json};

/// Facts that hold several codes at once.
const SET_FACTS: [Fact; 3] = [Fact::LicenceStates, Fact::VehicleStates, Fact::Channels];
/// Parameters that predicates read as sets.
const SET_PARAMETERS: [Parameter; 8] = [
    Parameter::Relations,
    Parameter::RelationsWithoutPoints,
    Parameter::VehicleKinds,
    Parameter::OrganisationVehicleKinds,
    Parameter::LeasedVehicleKinds,
    Parameter::VehicleUse,
    Parameter::LicenceStatesRefused,
    Parameter::PaymentChannels,
];

fn members(bits: i64) -> Value {
    (0..32).filter(|index| bits >> index & 1 == 1).collect()
}

/// What both engines are asked about.
pub fn document(facts: &Facts, parameters: &CameraParameters) -> Value {
    let known = Fact::ALL.iter().filter_map(|fact| Some((*fact, facts.get(*fact).ok()?)));
    let facts: serde_json::Map<_, _> = known
        .map(|(fact, value)| {
            let value = if SET_FACTS.contains(&fact) { members(value) } else { json!(value) };
            (fact.code().to_owned(), value)
        })
        .collect();
    let set =
        Parameter::ALL.iter().filter_map(|parameter| Some((*parameter, parameters.number(*parameter)?)));
    let parameters: serde_json::Map<_, _> = set
        .map(|(parameter, value)| {
            let value = match parameter {
                Parameter::PlatePrefixes => json!(parameters.plate_prefixes()),
                _ if SET_PARAMETERS.contains(&parameter) => members(value),
                _ => json!(value),
            };
            (parameter.code().to_owned(), value)
        })
        .collect();
    json!({ "facts": facts, "parameters": parameters })
}

/// A list with one expression per rule: whether it refuses.
pub fn json_logic() -> Value {
    CAMERA_RULES
        .iter()
        .map(|rule| json!({ "and": [logic(&rule.applies), { "!": [logic(&rule.passes)] }] }))
        .collect()
}

fn fact(fact: Fact) -> Value {
    json!({ "var": format!("facts.{}", fact.code()) })
}

fn parameter(parameter: Parameter) -> Value {
    json!({ "var": format!("parameters.{}", parameter.code()) })
}

fn term(term: Term) -> Value {
    match term {
        Term::Const(number) => json!(number),
        Term::Fact(of) => fact(of),
        Term::Parameter(set) => parameter(set),
        Term::Sum(parts) => json!({ "+": parts.iter().map(|part| fact(*part)).collect::<Vec<_>>() }),
    }
}

fn logic(expression: &Expr) -> Value {
    let list = |parts: &[Expr]| parts.iter().map(logic).collect::<Vec<_>>();
    match *expression {
        Expr::Always => json!(true),
        Expr::Is(of) => json!({ "!==": [fact(of), 0] }),
        Expr::Not(of) => json!({ "===": [fact(of), 0] }),
        Expr::Equals(of, number) => json!({ "===": [fact(of), number] }),
        Expr::Differs(of, number) => json!({ "!==": [fact(of), number] }),
        Expr::AtMost(left, right) => json!({ "<=": [term(left), term(right)] }),
        Expr::Less(left, right) => json!({ "<": [term(left), term(right)] }),
        Expr::Asked(set) => json!({ "!==": [parameter(set), null] }),
        Expr::Unasked(set) => json!({ "===": [parameter(set), null] }),
        Expr::In(of, set) | Expr::Listed(of, set) => json!({ "in": [fact(of), parameter(set)] }),
        Expr::Apart(of, set) => json!({ "!": [common(of, set)] }),
        Expr::Meets(of, set) => common(of, set),
        Expr::Without(of, bits) => {
            let codes = (0..32).filter(|index| bits >> index & 1 == 1);
            json!({ "!": [{ "or": codes.map(|code| json!({ "in": [code, fact(of)] })).collect::<Vec<_>>() }] })
        }
        Expr::All(parts) => json!({ "and": list(parts) }),
        Expr::Any(parts) => json!({ "or": list(parts) }),
    }
}

/// Some code stands in both.
fn common(of: Fact, set: Parameter) -> Value {
    let both = |code| json!({ "and": [{ "in": [code, fact(of)] }, { "in": [code, parameter(set)] }] });
    json!({ "or": (0..32).map(both).collect::<Vec<_>>() })
}

/// A module whose `data.lutong.refused` is the set of the identifiers of the refusing rules.
fn rego() -> String {
    let mut module = Rego { text: "package lutong\n\nimport rego.v1\n".into(), rules: 0 };
    for Rule { id, applies, passes, .. } in &CAMERA_RULES {
        let (applies, passes) = (module.rule(applies), module.rule(passes));
        module.line(&format!("refused contains \"{}\" if {{ {applies}; not {passes} }}", id.code()));
    }
    module.text
}

/// The module compiled for regorus's bytecode machine.
pub fn rego_machine() -> RegoVM {
    const REFUSED: &str = "data.lutong.refused";
    let mut engine = regorus::Engine::new();
    engine.add_policy("camera.rego".into(), rego()).expect("Rego");
    let policy = engine.compile_with_entrypoint(&REFUSED.into()).expect("a rule");
    let program = Compiler::compile_from_policy(&policy, &[REFUSED]).expect("a program");
    let mut machine = RegoVM::new();
    machine.load_program(program);
    machine
}

struct Rego {
    text: String,
    rules: usize,
}

impl Rego {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Writes the predicate as a rule and gives its name.
    fn rule(&mut self, expression: &Expr) -> String {
        let bodies = match expression {
            Expr::Any(parts) => parts.iter().map(|part| self.body(part)).collect(),
            other => vec![self.body(other)],
        };
        self.rules += 1;
        let name = format!("p{}", self.rules);
        for body in bodies {
            self.line(&format!("{name} if {{ {body} }}"));
        }
        name
    }

    fn body(&mut self, expression: &Expr) -> String {
        match *expression {
            Expr::Always => "true".into(),
            Expr::Is(of) => format!("{} != 0", rego_fact(of)),
            Expr::Not(of) => format!("{} == 0", rego_fact(of)),
            Expr::Equals(of, number) => format!("{} == {number}", rego_fact(of)),
            Expr::Differs(of, number) => format!("{} != {number}", rego_fact(of)),
            Expr::AtMost(left, right) => format!("{} <= {}", rego_term(left), rego_term(right)),
            Expr::Less(left, right) => format!("{} < {}", rego_term(left), rego_term(right)),
            Expr::Asked(set) => rego_parameter(set),
            Expr::Unasked(set) => format!("not {}", rego_parameter(set)),
            Expr::In(of, set) | Expr::Listed(of, set) => {
                format!("{} in {}", rego_fact(of), rego_parameter(set))
            }
            Expr::Apart(of, set) => format!("{} == 0", rego_common(of, set)),
            Expr::Meets(of, set) => format!("{} != 0", rego_common(of, set)),
            Expr::Without(of, bits) => {
                format!("count([code | some code in {}; code in {}]) == 0", rego_fact(of), members(bits))
            }
            Expr::All(parts) => {
                let names: Vec<_> = parts.iter().map(|part| self.rule(part)).collect();
                names.join("; ")
            }
            Expr::Any(_) => self.rule(expression),
        }
    }
}

/// How many codes stand in both.
fn rego_common(of: Fact, set: Parameter) -> String {
    format!("count([code | some code in {}; code in {}])", rego_fact(of), rego_parameter(set))
}

fn rego_fact(fact: Fact) -> String {
    format!("input.facts[\"{}\"]", fact.code())
}

fn rego_parameter(parameter: Parameter) -> String {
    format!("input.parameters[\"{}\"]", parameter.code())
}

fn rego_term(term: Term) -> String {
    match term {
        Term::Const(number) => number.to_string(),
        Term::Fact(of) => rego_fact(of),
        Term::Parameter(set) => rego_parameter(set),
        Term::Sum(parts) => parts.iter().map(|part| rego_fact(*part)).collect::<Vec<_>>().join(" + "),
    }
}
