'use strict';
// What the caller may see, as the server's `graph_view` sends it, with the ids that stand for objects replaced by the objects.

const { GraphQLError } = require('graphql');

class View {
  user;
  #teams;
  #projects;
  #datastores = new Map();  // id → {datastore, project}

  constructor({ user, teams, projects }) {
    this.#teams = new Map(teams.map((team) => [team.id, team]));
    this.#projects = new Map(projects.map((project) => [project.id, project]));
    const ofTeam = (id) => this.#teams.get(id);
    const ofProject = (id) => this.#projects.get(id);
    for (const team of teams) team.Projects = team.Projects.map(ofProject);
    for (const project of projects) {
      project.Team = ofTeam(project.Team);
      for (const datastore of project.Datastores) this.#datastores.set(datastore.id, { datastore, project });
    }
    user.UserProjects = user.UserProjects.map(ofProject);
    user.Projects = user.Projects.map(ofProject);
    user.UserTeam = ofTeam(user.UserTeam);
    user.Teams = user.Teams.map(ofTeam);
    this.user = user;
  }

  project(id) {
    return this.#projects.get(id) ?? unknown('project', id);
  }

  projectNamed(uniqueName) {
    return [...this.#projects.values()].find((project) => project.uniqueName === uniqueName) ?? unknown('project', uniqueName);
  }

  // The unique name of a project that the caller sees, or is invited into.
  joinable(id) {
    return this.user.ProjectInvitations.find(({ projectId }) => projectId === id)?.uniqueName ?? this.project(id).uniqueName;
  }

  team(id) {
    return this.#teams.get(id) ?? unknown('team', id);
  }

  // → {datastore, project}
  datastore(id) {
    return this.#datastores.get(id) ?? unknown('datastore', id);
  }
}

function unknown(what, id) {
  throw new GraphQLError(`Unknown ${what} '${id.slice(0, 60)}', or you have no access to it.`);
}

module.exports = { View };
