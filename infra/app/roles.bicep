metadata description = 'The roles of the app\'s identity on the subscription it builds in. The definitions are the very files that the local Azure grants, so what is proven there is what is deployed.'

targetScope = 'subscription'

/*** PARAMETERS ***/

@description('Ends the roles\' names: a name must be unique in the tenant, and two installations may share one.')
param environmentName string

@description('Object id of the app\'s identity.')
param principalId string

@description('Whether tickets may take environments down. False leaves the app without any right to delete.')
param allowDecommission bool

/*** VARIABLES ***/

var environmentBuilder = loadJsonContent('../roles/environmentBuilder.json').properties
var clusterOperator = loadJsonContent('../roles/clusterOperator.json').properties
var environmentRemover = loadJsonContent('../roles/environmentRemover.json').properties
var eventReceiver = loadJsonContent('../roles/eventReceiver.json').properties
var logReader = loadJsonContent('../roles/logReader.json').properties
var roleAssigner = loadJsonContent('../roles/roleAssigner.json').properties

// Without this condition, whoever may write role assignments may make himself owner.
var assignableRoleIds = join(map(items(loadJsonContent('../assignableRoles.json')), role => role.value), ', ')
var onlyAssignableRoles = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/write\'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${assignableRoleIds}} AND @Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {\'ServicePrincipal\'}))'


// The same for taking assignments away: only those that the app itself could have made.
var onlyAssignableRolesDeleted = '((!(ActionMatches{\'Microsoft.Authorization/roleAssignments/delete\'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {${assignableRoleIds}} AND @Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {\'ServicePrincipal\'}))'

/*** RESOURCES ***/

resource environmentBuilderDefinition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, environmentName, environmentBuilder.roleName)
  properties: {
    roleName: '${environmentBuilder.roleName} (${environmentName})'
    description: environmentBuilder.description
    type: environmentBuilder.type
    permissions: environmentBuilder.permissions
    assignableScopes: [subscription().id]
  }
}

resource clusterOperatorDefinition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, environmentName, clusterOperator.roleName)
  properties: {
    roleName: '${clusterOperator.roleName} (${environmentName})'
    description: clusterOperator.description
    type: clusterOperator.type
    permissions: clusterOperator.permissions
    assignableScopes: [subscription().id]
  }
}

resource environmentRemoverDefinition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = if (allowDecommission) {
  name: guid(subscription().id, environmentName, environmentRemover.roleName)
  properties: {
    roleName: '${environmentRemover.roleName} (${environmentName})'
    description: environmentRemover.description
    type: environmentRemover.type
    permissions: environmentRemover.permissions
    assignableScopes: [subscription().id]
  }
}

resource eventReceiverDefinition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, environmentName, eventReceiver.roleName)
  properties: {
    roleName: '${eventReceiver.roleName} (${environmentName})'
    description: eventReceiver.description
    type: eventReceiver.type
    permissions: eventReceiver.permissions
    assignableScopes: [subscription().id]
  }
}

resource logReaderDefinition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, environmentName, logReader.roleName)
  properties: {
    roleName: '${logReader.roleName} (${environmentName})'
    description: logReader.description
    type: logReader.type
    permissions: logReader.permissions
    assignableScopes: [subscription().id]
  }
}

resource roleAssignerDefinition 'Microsoft.Authorization/roleDefinitions@2022-04-01' = {
  name: guid(subscription().id, environmentName, roleAssigner.roleName)
  properties: {
    roleName: '${roleAssigner.roleName} (${environmentName})'
    description: roleAssigner.description
    type: roleAssigner.type
    permissions: roleAssigner.permissions
    assignableScopes: [subscription().id]
  }
}

// Assigned on the subscription because a ticket names resource groups that do not exist yet.
resource environmentBuilderAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, environmentBuilderDefinition.id, principalId)
  properties: {
    roleDefinitionId: environmentBuilderDefinition.id
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource clusterOperatorAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, clusterOperatorDefinition.id, principalId)
  properties: {
    roleDefinitionId: clusterOperatorDefinition.id
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource environmentRemoverAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (allowDecommission) {
  name: guid(subscription().id, environmentRemoverDefinition.id, principalId)
  properties: {
    roleDefinitionId: environmentRemoverDefinition.id
    principalId: principalId
    principalType: 'ServicePrincipal'
    condition: onlyAssignableRolesDeleted
    conditionVersion: '2.0'
  }
}

// On the subscription, too: workspaces are made by tickets.
resource logReaderAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, logReaderDefinition.id, principalId)
  properties: {
    roleDefinitionId: logReaderDefinition.id
    principalId: principalId
    principalType: 'ServicePrincipal'
  }
}

resource roleAssignerAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(subscription().id, roleAssignerDefinition.id, principalId)
  properties: {
    roleDefinitionId: roleAssignerDefinition.id
    principalId: principalId
    principalType: 'ServicePrincipal'
    condition: onlyAssignableRoles
    conditionVersion: '2.0'
  }
}

/*** OUTPUTS ***/

@description('Resource id of the role that is assigned where events are delivered to, and not on the subscription.')
output eventReceiverRoleId string = eventReceiverDefinition.id
