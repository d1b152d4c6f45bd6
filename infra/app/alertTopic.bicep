metadata description = 'The custom topic at which the app publishes its alerts as CloudEvents. It has no keys: who may publish is said by a role.'

/*** PARAMETERS ***/

@description('Name of the topic; its endpoint is made of it.')
param name string

@description('Object id of the app\'s identity, which may publish.')
param publisherPrincipalId string

@description('Location of the topic.')
param location string

@description('Tags of the topic.')
param tags object

/*** VARIABLES ***/

// EventGrid Data Sender
var dataSenderRoleId = subscriptionResourceId('Microsoft.Authorization/roleDefinitions', 'd5a91429-5739-47e2-a06b-3470a27159e7')

/*** RESOURCES ***/

resource topic 'Microsoft.EventGrid/topics@2025-02-15' = {
  name: name
  location: location
  tags: tags
  properties: {
    inputSchema: 'CloudEventSchemaV1_0'
    // Keys could publish as anybody.
    disableLocalAuth: true
    minimumTlsVersionAllowed: '1.2'
  }
}

resource sender 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: topic
  name: guid(topic.id, dataSenderRoleId, publisherPrincipalId)
  properties: {
    roleDefinitionId: dataSenderRoleId
    principalId: publisherPrincipalId
    principalType: 'ServicePrincipal'
  }
}

/*** OUTPUTS ***/

@description('Where events are published.')
output endpoint string = topic.properties.endpoint
